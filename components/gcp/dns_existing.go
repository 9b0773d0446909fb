package gcp

import (
	"fmt"
	"slices"
	"strings"

	gcpdns "github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/dns"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// noRecord is what the provider's data source says where a zone lacks a record
// (google/services/dns/data_source_dns_record_set.go of terraform-provider-google).
const noRecord = "expected 1 record set, got 0"

// newRecordSet registers a record set, and refuses to create one that exists in its zone with other values. The provider
// itself would delete the existing one first, whoever made it. The engine calls the check only before it creates a record
// set, in a preview as well, so a record set of the stack's own is never refused.
func newRecordSet(ctx *pulumi.Context, name string, args *gcpdns.RecordSetArgs, parent pulumi.Resource, opts ...pulumi.ResourceOption) (*gcpdns.RecordSet, error) {
	hook, err := ctx.RegisterResourceHook("absent-"+name, func(hook *pulumi.ResourceHookArgs) error {
		return refuseExisting(ctx, hook.NewInputs, parent)
	}, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return nil, err
	}
	return gcpdns.NewRecordSet(ctx, name, args, append(opts, pulumi.Parent(parent),
		pulumi.ResourceHooks(&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{hook}}))...)
}

// refuseExisting looks a record set up. One with the same values is the stack's own, from a run that was interrupted
// before it was recorded, or as good as it.
func refuseExisting(ctx *pulumi.Context, inputs resource.PropertyMap, parent pulumi.Resource) error {
	zone, name, kind := textOf(inputs["managedZone"]), textOf(inputs["name"]), textOf(inputs["type"])
	if zone == "" || name == "" || kind == "" {
		// A zone or a name that is created in this run has no records yet.
		return nil
	}
	found, err := lookUpRecord(ctx, textOf(inputs["project"]), zone, name, kind, parent)
	switch {
	case err != nil:
		return err
	case found == nil || len(found.Rrdatas) == 0 || sameRecords(found.Rrdatas, inputs["rrdatas"]):
		return nil
	}
	return fmt.Errorf("the zone %s has the record %s %s %s already, which this resource did not make. Creating the record would delete "+
		"that one. If app.name or gcp.project has just changed, take the change back: the record is this environment's own. Otherwise remove "+
		"it or choose another name; to manage it from now on, import it: pulumi import gcp:dns/recordSet:RecordSet NAME %s/%s/%s",
		zone, strings.TrimSuffix(name, "."), kind, strings.Join(found.Rrdatas, ", "), zone, name, kind)
}

// lookUpRecord returns a record set, or nil if the zone lacks it.
func lookUpRecord(ctx *pulumi.Context, project, zone, name, kind string, parent pulumi.Resource) (*gcpdns.LookupRecordSetResult, error) {
	wanted := gcpdns.LookupRecordSetArgs{ManagedZone: zone, Name: name, Type: kind}
	if project != "" {
		wanted.Project = &project
	}
	found, err := gcpdns.LookupRecordSet(ctx, &wanted, pulumi.Parent(parent))
	switch {
	case err != nil && strings.Contains(err.Error(), noRecord):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("looking for a %s record of %s in the zone %s: %w", kind, name, zone, err)
	}
	return found, nil
}

// sameRecords compares record data without order.
func sameRecords(found []string, wanted resource.PropertyValue) bool {
	wanted = plainOf(wanted)
	if !wanted.IsArray() || len(wanted.ArrayValue()) != len(found) {
		return false
	}
	for _, value := range wanted.ArrayValue() {
		if !slices.Contains(found, textOf(value)) {
			return false
		}
	}
	return true
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
