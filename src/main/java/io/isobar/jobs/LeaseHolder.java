package io.isobar.jobs;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * This instance of the application, as others see it.
 *
 * @param installation what stays the same from start to start
 * @param process what does not
 * @param alone whether no other process of the same installation can be alive, so that
 * leases of earlier ones are nobody's
 */
record LeaseHolder(String installation, String process, boolean alone) {

	/** The embedded servers serve one process that is started on their data. */
	static LeaseHolder embedded() {
		return new LeaseHolder("embedded", thisProcess(), true);
	}

	static LeaseHolder oneOfMany() {
		return new LeaseHolder(thisHost(), thisProcess(), false);
	}

	private static String thisProcess() {
		return "process " + ProcessHandle.current().pid() + ", "
				+ Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
	}

	private static String thisHost() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "unknown host";
		}
	}

	/** As it stands in the table: begins with the installation. */
	String text() {
		return this.installation + " (" + this.process + ")";
	}

}
