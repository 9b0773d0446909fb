package aws

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Alarms of the domain, as AWS recommends them
// (https://docs.aws.amazon.com/opensearch-service/latest/developerguide/cloudwatch-alarms.html).
// AccountID is the account that owns the domain.
func (s *Search) Alarms(accountID pulumi.StringInput) []Alarm {
	const (
		busy, pressed = 80, 95
		// A quarter of each node's disk is for merges and for moving shards.
		freeShare         = 0.25
		mebibytesPerGiB   = 1024
		minutesOfPressure = 3
	)
	metric := func(name string, statistic Statistic) Metric {
		return Metric{
			Namespace: "AWS/ES", Name: name, Statistic: statistic,
			Dimensions: pulumi.StringMap{"DomainName": s.name, "ClientId": accountID},
		}
	}
	// at rings in the first minute in which a metric that is 0 or 1 is 1.
	at := func(name, description, of string) Alarm {
		alarm := above(name, description, metric(of, Maximum), 0)
		alarm.PeriodSeconds, alarm.Periods = minute, 1
		return alarm
	}
	storage := below("search-storage", "A node of the search domain has little disk left; without any it takes no writes. Delete old indices, or give it more storage.",
		metric("FreeStorageSpace", Minimum), freeShare*float64(s.storageGiB)*mebibytesPerGiB)
	storage.PeriodSeconds, storage.Periods = minute, 1
	pressure := above("search-memory", "The heap of the search domain is full, and the next step is that nodes stop. Send it less at once, or give it more memory.",
		metric("JVMMemoryPressure", Maximum), pressed)
	pressure.PeriodSeconds, pressure.Periods = minute, minutesOfPressure
	alarms := []Alarm{
		at("search-red", "An index of the search domain has lost a primary shard, so that results are missing. See which shards are not assigned, and restore the index from a snapshot.", "ClusterStatus.red"),
		at("search-writes-blocked", "The search domain takes no writes, because its disk or its memory is full.", "ClusterIndexWritesBlocked"),
		at("search-snapshot", "The automatic snapshot of the search domain failed, usually because the domain is red.", "AutomatedSnapshotFailure"),
		storage,
		above("search-cpu", "The CPU of the search domain is busy. Give it more memory, which comes with larger nodes.", metric("CPUUtilization", Maximum), busy),
		pressure,
	}
	// One node cannot hold the replicas that every index has by default, and is always yellow.
	if s.instances > 1 {
		const minutesYellow = 5
		yellow := at("search-yellow", "A replica of an index of the search domain has no node, so that one more failure loses data.", "ClusterStatus.yellow")
		yellow.Periods = minutesYellow
		alarms = append(alarms, yellow)
	}
	return alarms
}
