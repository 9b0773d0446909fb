package aws

import (
	"fmt"
	"slices"
	"strings"
)

// logRetention returns an error unless CloudWatch Logs offers to keep logs for so
// many days (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html).
func logRetention(component, field string, days int) error {
	offered := []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
	if slices.Contains(offered, days) {
		return nil
	}
	return fmt.Errorf("%s: %s is %d; allowed are %s", component, field, days, strings.Trim(fmt.Sprint(offered), "[]"))
}
