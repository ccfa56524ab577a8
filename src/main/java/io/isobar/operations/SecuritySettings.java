package io.isobar.operations;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may read without a login.
 *
 * @param publicDashboards whether weather may be read by anyone
 */
@ConfigurationProperties("isobar.security")
record SecuritySettings(@DefaultValue("true") boolean publicDashboards) {

}
