package limits

import (
	"fmt"
	"math"

	"k8s.io/apimachinery/pkg/api/resource"
)

const mebibyte = 1 << 20

// DatabaseTier returns the custom machine of Cloud SQL with these CPUs and this memory,
// in Kubernetes' notation, rounded up to the next size that Cloud SQL offers. It does
// not check the size; see DatabaseMemoryMiB.
func DatabaseTier(cpu int, memory string) (string, error) {
	mebibytes, err := databaseMiB(memory)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("db-custom-%d-%d", cpu, mebibytes), nil
}

// CheckDatabaseMemory returns an error unless a custom machine of Cloud SQL with so many
// CPUs has this memory, in Kubernetes' notation.
func CheckDatabaseMemory(cpu int, memory string) error {
	mebibytes, err := databaseMiB(memory)
	if err != nil {
		return err
	}
	least, most := DatabaseMemoryMiB(cpu)
	if mebibytes < least || mebibytes > most {
		return fmt.Errorf("must be from %gGi to %gGi with %d CPUs on Cloud SQL", gibibytes(least), gibibytes(most), cpu)
	}
	return nil
}

// DatabaseMemoryMiB returns the least and the most memory, in MiB, of a custom machine of
// Cloud SQL with so many CPUs: from 0.9 to 6.5 GiB for each, within the limits of one
// machine (https://cloud.google.com/sql/docs/postgres/create-instance#machine-types).
func DatabaseMemoryMiB(cpu int) (least, most int) {
	const gibibyte, leastPerCPU, mostPerCPU = 1024, 0.9, 6.5
	least = stepUp(leastPerCPU * gibibyte * float64(cpu))
	most = int(mostPerCPU * gibibyte * float64(cpu))
	return max(minDatabaseMiB, least), min(maxDatabaseMiB, most)
}

func databaseMiB(memory string) (int, error) {
	wanted, err := resource.ParseQuantity(memory)
	if err != nil {
		return 0, fmt.Errorf("database memory %q: %w", memory, err)
	}
	return stepUp(float64(wanted.Value()) / mebibyte), nil
}

func stepUp(mebibytes float64) int {
	return int(math.Ceil(mebibytes/DatabaseMemoryStepMiB)) * DatabaseMemoryStepMiB
}

func gibibytes(mebibytes int) float64 {
	return float64(mebibytes) / 1024
}

// DatabaseConnections returns max_connections of a server on Cloud SQL with so many bytes
// of memory (https://cloud.google.com/sql/docs/postgres/flags#postgres-m).
func DatabaseConnections(memory int64) int {
	const gibibyte, least = 1 << 30, 25
	connections := least
	for _, row := range []struct {
		gib   float64
		count int
	}{{1.7, 50}, {3.75, 100}, {6, 200}, {7.5, 400}, {15, 500}, {30, 600}, {60, 800}, {120, 1000}} {
		if float64(memory) >= row.gib*gibibyte {
			connections = row.count
		}
	}
	return connections
}
