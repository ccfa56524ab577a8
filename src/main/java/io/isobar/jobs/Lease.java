package io.isobar.jobs;

/**
 * The right to run an execution, and to write for it, or to have a duty.
 *
 * @param number grows with each taking, over all names
 */
record Lease(String name, int number) {

}
