//go:build tools

package metrics

import _ "k8s.io/kube-state-metrics/v2"
