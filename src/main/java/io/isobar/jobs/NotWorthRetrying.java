package io.isobar.jobs;

/** Marks an exception that another try can't cure, such as data that break a rule. */
public interface NotWorthRetrying {

}
