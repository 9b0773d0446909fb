package limits

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/components/sizes"
)

// instanceTypes lists instance types of EC2 of an architecture from small to large
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html).
func instanceTypes(architecture sizes.Architecture) []sizes.Class {
	if architecture == sizes.ARM64 {
		return []sizes.Class{
			{Name: "t4g.medium", CPU: 2, GiB: 4}, {Name: "t4g.large", CPU: 2, GiB: 8}, {Name: "m7g.large", CPU: 2, GiB: 8}, {Name: "r7g.large", CPU: 2, GiB: 16},
			{Name: "m7g.xlarge", CPU: 4, GiB: 16}, {Name: "r7g.xlarge", CPU: 4, GiB: 32},
			{Name: "m7g.2xlarge", CPU: 8, GiB: 32}, {Name: "r7g.2xlarge", CPU: 8, GiB: 64},
			{Name: "m7g.4xlarge", CPU: 16, GiB: 64}, {Name: "r7g.4xlarge", CPU: 16, GiB: 128},
		}
	}
	return []sizes.Class{
		{Name: "t3.medium", CPU: 2, GiB: 4}, {Name: "t3.large", CPU: 2, GiB: 8}, {Name: "m7i.large", CPU: 2, GiB: 8}, {Name: "r7i.large", CPU: 2, GiB: 16},
		{Name: "m7i.xlarge", CPU: 4, GiB: 16}, {Name: "r7i.xlarge", CPU: 4, GiB: 32},
		{Name: "m7i.2xlarge", CPU: 8, GiB: 32}, {Name: "r7i.2xlarge", CPU: 8, GiB: 64},
		{Name: "m7i.4xlarge", CPU: 16, GiB: 64}, {Name: "r7i.4xlarge", CPU: 16, GiB: 128},
	}
}

// InstanceType returns the smallest instance type of EC2 of an architecture with at least
// these CPUs and this memory, in Kubernetes' notation.
func InstanceType(architecture sizes.Architecture, cpu int, memory string) (string, error) {
	return sizes.Smallest("node", instanceTypes(architecture), cpu, memory)
}

// ArchitectureOf returns the architecture of an instance type by its name: Graviton
// families have a g after their generation, as in m7g or c7gn
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html).
func ArchitectureOf(instanceType string) sizes.Architecture {
	family, _, _ := strings.Cut(instanceType, ".")
	if family == "a1" || regexp.MustCompile(`^[a-z]+[0-9]+g`).MatchString(family) {
		return sizes.ARM64
	}
	return sizes.AMD64
}

// IsInstanceType reports whether a text has the form of an instance type.
func IsInstanceType(text string) bool {
	return regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`).MatchString(text)
}

// HasDevices reports whether instances of a type have GPUs or other accelerators, which need
// another image, drivers and a device plugin
// (https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html).
func HasDevices(instanceType string) bool {
	return regexp.MustCompile(`^(p|g|gr|inf|trn|dl|f|vt)[0-9]`).MatchString(instanceType)
}

// InstanceSize returns what an instance type has by its name. CPU and GiB are 0 where the
// name does not say it.
func InstanceSize(instanceType string) sizes.Class {
	ofLarge, ofXLarge := 2, 4
	var size sizes.Class
	size.Name = instanceType
	found := regexp.MustCompile(`^([a-z]+)[0-9][a-z0-9-]*\.([0-9]*)(x?large)$`).FindStringSubmatch(instanceType)
	if found == nil {
		return size
	}
	series, times := found[1], found[2]
	switch count, err := strconv.Atoi(times); {
	case err == nil:
		size.CPU = count * ofXLarge
	case found[3] == "xlarge":
		size.CPU = ofXLarge
	default:
		size.CPU = ofLarge
	}
	size.GiB = map[string]float64{"c": 2, "m": 4, "t": 4, "r": 8}[series] * float64(size.CPU)
	return size
}
