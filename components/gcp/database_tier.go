package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/validate"
)

// checkTier returns an error for a machine type that the edition does not offer
// (https://cloud.google.com/sql/docs/postgres/machine-series-overview).
func checkTier(edition Edition, tier string) error {
	if err := validate.OneOf("Database", "Edition", edition, Enterprise, EnterprisePlus); err != nil {
		return err
	}
	fast := regexp.MustCompile(`^db-perf-optimized-N-(2|4|8|16|32|48|64|80|96|128)$`)
	custom := regexp.MustCompile(`^db-custom-([0-9]{1,3})-([0-9]{1,7})$`)
	switch {
	case edition == EnterprisePlus && fast.MatchString(tier):
		return nil
	case edition == EnterprisePlus:
		return fmt.Errorf("Database: Tier is %q; EnterprisePlus has db-perf-optimized-N-CPUS", tier)
	case tier == "db-f1-micro" || tier == "db-g1-small":
		return nil
	}
	found := custom.FindStringSubmatch(tier)
	if found == nil {
		return fmt.Errorf("Database: Tier is %q; Enterprise has db-f1-micro, db-g1-small and db-custom-CPUS-MEBIBYTES", tier)
	}
	return checkCustomTier(found[1], found[2])
}

// checkCustomTier returns an error unless Cloud SQL has such a machine
// (https://cloud.google.com/sql/docs/postgres/create-instance#machine-types).
func checkCustomTier(cpus, mebibytes string) error {
	const step = limits.DatabaseMemoryStepMiB
	cpu, err := strconv.Atoi(cpus)
	if err != nil {
		return fmt.Errorf("Database: reading the CPUs of Tier: %w", err)
	}
	memory, err := strconv.Atoi(mebibytes)
	if err != nil {
		return fmt.Errorf("Database: reading the memory of Tier: %w", err)
	}
	least, most := limits.DatabaseMemoryMiB(cpu)
	return errors.Join(
		validate.Within("Database", "number of Tier's CPUs", cpu, 1, limits.MaxDatabaseCPUs),
		validate.RefuseIf(cpu > 1 && cpu%2 != 0, "Database", fmt.Sprintf("Tier has %d CPUs; allowed are 1 and even numbers", cpu)),
		validate.Within("Database", "number of Tier's mebibytes", memory, least, most),
		validate.RefuseIf(memory%step != 0, "Database", fmt.Sprintf("Tier has %d MiB; allowed are multiples of %d", memory, step)),
	)
}
