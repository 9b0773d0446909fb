package aws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	awsroute53 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newRecord registers a record set, and refuses to create one that exists in its zone with other values. Route 53 would
// refuse it too, but late: the engine calls this check in a preview as well. A record set with the same values is one of
// an interrupted run, or the validation record of another certificate, and the run continues with it.
func newRecord(ctx *pulumi.Context, name string, args *awsroute53.RecordArgs, parent pulumi.Resource, opts ...pulumi.ResourceOption) (*awsroute53.Record, error) {
	hook, err := ctx.RegisterResourceHook("absent-"+name, func(hook *pulumi.ResourceHookArgs) error {
		return refuseExisting(ctx, hook.NewInputs, parent)
	}, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return nil, err
	}
	// Without it the provider refuses the record set of an interrupted run as well.
	args.AllowOverwrite = pulumi.Bool(true)
	return awsroute53.NewRecord(ctx, name, args, append(opts, pulumi.Parent(parent),
		pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}}))...)
}

// refuseExisting looks a record set up.
func refuseExisting(ctx *pulumi.Context, inputs resource.PropertyMap, parent pulumi.Resource) error {
	zone, name, kind := textOf(inputs["zoneId"]), strings.ToLower(strings.TrimSuffix(textOf(inputs["name"]), ".")), textOf(inputs["type"])
	if zone == "" || name == "" || kind == "" {
		// A zone that is created in this run has no records yet.
		return nil
	}
	// Route 53 writes the asterisk of a wildcard as an octal number.
	pattern := `^` + regexp.QuoteMeta(strings.ReplaceAll(name, "*", `\052`)) + `\.?$`
	found, err := awsroute53.GetRecords(ctx, &awsroute53.GetRecordsArgs{ZoneId: zone, NameRegex: &pattern}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("looking for a %s record of %s in the zone %s: %w", kind, name, zone, err)
	}
	for _, record := range found.ResourceRecordSets {
		if record.Type != kind {
			continue
		}
		values := valuesOf(record)
		if record.SetIdentifier == "" && slices.Equal(values, wantedValues(inputs)) {
			continue
		}
		return fmt.Errorf("the zone %s has the record %s %s %s already, which this resource did not make. If app.name has just "+
			"changed, take the change back: the record is this environment's own. Otherwise remove it or choose another name; "+
			"to manage it from now on, import it: pulumi import aws:route53/record:Record NAME %s_%s_%s",
			zone, name, kind, strings.Join(values, ", "), zone, name, kind)
	}
	return nil
}

// valuesOf lists the values of a record set, or the target of an alias, in order.
func valuesOf(record awsroute53.GetRecordsResourceRecordSet) []string {
	var values []string
	if target := record.AliasTarget.DnsName; target != "" {
		values = append(values, sameName(target))
	}
	for _, value := range record.ResourceRecords {
		values = append(values, sameName(value.Value))
	}
	slices.Sort(values)
	return values
}

// wantedValues are those that the program asks for; none if a preview does not know them.
func wantedValues(inputs resource.PropertyMap) []string {
	var values []string
	if aliases := plainOf(inputs["aliases"]); aliases.IsArray() {
		for _, alias := range aliases.ArrayValue() {
			if alias = plainOf(alias); alias.IsObject() {
				values = append(values, sameName(textOf(alias.ObjectValue()["name"])))
			}
		}
	}
	if records := plainOf(inputs["records"]); records.IsArray() {
		for _, value := range records.ArrayValue() {
			values = append(values, sameName(textOf(value)))
		}
	}
	slices.Sort(values)
	return values
}

// sameName writes a value as Route 53 does, without what it adds to the names of load balancers.
func sameName(value string) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(value), "."), "dualstack.")
}

// textOf returns a text, or "" for one that a preview does not know.
func textOf(value resource.PropertyValue) string {
	if value = plainOf(value); value.IsString() {
		return value.StringValue()
	}
	return ""
}

// plainOf returns a value without its marks.
func plainOf(value resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case value.IsSecret():
			value = value.SecretValue().Element
		case value.IsOutput() && value.OutputValue().Known:
			value = value.OutputValue().Element
		default:
			return value
		}
	}
}
