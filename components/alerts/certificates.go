package alerts

import "fmt"

// certificates are the rules of certificates that cert-manager issues. One that lives for a few days
// only is never far from its end, so the time of its renewal counts too.
func (o Objects) certificates() []Rule {
	if len(o.Certificates) == 0 {
		return nil
	}
	const hour, week = 3600, 7 * 24 * 3600
	return o.rule(certificateStale, "max by (name) (\n"+o.either(func(matchers string) string {
		series := func(metric string) string {
			return metric + "{" + matchers + ", " + oneOf("name", o.Certificates) + "}"
		}
		return fmt.Sprintf("  (%s - time() < %d and time() - %s > %d)",
			series("certmanager_certificate_expiration_timestamp_seconds"), week, series("certmanager_certificate_renewal_timestamp_seconds"), hour)
	})+"\n)")
}
