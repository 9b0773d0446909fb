package gcp

import "fmt"

// CertificateAlarm rings when a certificate of the project has not been renewed. Certificate
// Manager has no metric for it: it writes to a log each day, from ten days before the end on.
// The log names every certificate of the project
// (https://docs.cloud.google.com/certificate-manager/docs/logs-metrics#configure_log_alerts).
func CertificateAlarm(project string) Alarm {
	return Alarm{
		Name:        "certificate",
		Description: "A certificate of the project ends within ten days and was not renewed. See whether its authorization records are in the zone and the zone is delegated; one that was uploaded has to be uploaded again.",
		Log:         fmt.Sprintf(`logName = "projects/%s/logs/certificatemanager.googleapis.com%%2Fcertificates_expiry" AND jsonPayload.state = "CLOSE_TO_EXPIRY"`, project),
	}
}
