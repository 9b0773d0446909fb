package rehearsal

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/stacks/spec"
)

// The CSI drivers of EKS. Nodes of Auto Mode run one, node groups the add-on's, and neither mounts volumes of the other
// (https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html).
const (
	driverOfAutoMode = "ebs.csi.eks.amazonaws.com"
	driverOfNodes    = "ebs.csi.aws.com"
)

// cluster returns what a configuration expects of its cluster. A cluster that somebody else operates has the controllers,
// classes and objects that the configuration names. One that the stack creates has none of them, unless the configuration
// says that it is prepared.
func (o *Options) cluster(e *spec.Environment) {
	if e.Cloud == spec.AWSCloud {
		o.Drivers = []string{driverOfNodes}
		if e.Cluster.Mode == spec.AutoMode {
			o.Drivers = []string{driverOfAutoMode}
		}
	}
	prepared := e.Prepared == spec.On
	if prepared || !e.CreatesCluster() {
		o.Controllers = memory.Installable()
		for _, manifest := range e.Manifests() {
			if manifest.Custom() {
				o.Kinds = append(o.Kinds, manifest.Kind())
			}
		}
		o.Objects = append(o.Objects, classes(e)...)
	}
	if !e.CreatesNamespace() && e.Namespace.Name != "default" { // every cluster has default
		o.Objects = append(o.Objects, existing("v1", "Namespace", "", e.Namespace.Name, nil))
	}
	there := prepared || !e.CreatesNamespace()
	o.Objects = append(o.Objects, inNamespace(e, there)...)
}

// existing builds an object. data are the keys of a Secret or a ConfigMap.
func existing(apiVersion, kind, namespace, name string, fields map[string]any) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"apiVersion": apiVersion, "kind": kind}}
	maps.Copy(object.Object, fields)
	object.SetName(name)
	if namespace != "" {
		object.SetNamespace(namespace)
	}
	return object
}

// classes returns the priority and runtime classes that a configuration expects.
func classes(e *spec.Environment) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	for _, expected := range e.Expected() {
		switch expected.Kind {
		case "PriorityClass":
			found = append(found, existing("scheduling.k8s.io/v1", expected.Kind, "", expected.Name, map[string]any{"value": int64(1000)}))
		case "RuntimeClass":
			found = append(found, existing("node.k8s.io/v1", expected.Kind, "", expected.Name, map[string]any{"handler": expected.Name}))
		}
	}
	return found
}

// inNamespace returns the claims, Secrets, ConfigMaps and service accounts that a configuration expects in its namespace:
// in one that the stack creates only the Secrets that controllers of its objects write.
func inNamespace(e *spec.Environment, there bool) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	for _, expected := range e.Expected() {
		if !there && expected.CreatedBy == "" {
			continue
		}
		var fields map[string]any
		switch expected.Kind {
		default: // of the whole cluster, or of a controller
			continue
		case "ConfigMap", "ServiceAccount":
		case "Secret":
			fields = map[string]any{"data": entries(expected.Keys)}
		case "PersistentVolumeClaim":
			mode := cmp.Or(expected.AccessMode, spec.ReadWriteOnce)
			fields = map[string]any{"spec": map[string]any{
				"accessModes": []any{string(mode)}, "resources": map[string]any{"requests": map[string]any{"storage": "1Gi"}},
			}}
		}
		found = append(found, existing("v1", expected.Kind, e.Namespace.Name, expected.Name, fields))
	}
	return found
}

// entries returns the data of a Secret. Its values are the same text in base64.
func entries(keys []string) map[string]any {
	data := map[string]any{}
	for _, key := range keys {
		data[key] = "cmVoZWFyc2Vk"
	}
	return data
}

// seed adds what exists before the program to the cluster in memory.
func (o Options) seed(cluster *memory.Cluster) error {
	cluster.Mounts(o.Drivers...)
	for _, group := range o.Controllers {
		cluster.Install(group)
	}
	for _, kind := range o.Kinds {
		cluster.Serve(kind)
	}
	for _, object := range o.Objects {
		if err := cluster.Seed(object); err != nil {
			return fmt.Errorf("adding %s %s, which the configuration expects to exist: %w", object.GetKind(), path.Join(object.GetNamespace(), object.GetName()), err)
		}
	}
	return nil
}

// Expect adds to the cluster and the accounts what another configuration expects of them and they lack, as if somebody
// had installed it before the update. The error names the object that the cluster refuses.
func (s *Emulators) Expect(e *spec.Environment) error {
	prepared := *e
	prepared.Prepared = spec.On
	options := For(&prepared)
	there := s.Cluster.Objects()
	options.Objects = slices.DeleteFunc(options.Objects, func(wanted *unstructured.Unstructured) bool {
		return slices.ContainsFunc(there, func(object *unstructured.Unstructured) bool {
			same := object.GetKind() == wanted.GetKind() && object.GetNamespace() == wanted.GetNamespace() && object.GetName() == wanted.GetName()
			return same && !addEntries(wanted, object)
		})
	})
	options.seedAccount(s.AWS)
	options.seedZones(s.GCP)
	options.seedProject(s.GCP)
	return options.seed(s.Cluster)
}

// addEntries adds the entries of a Secret that is there to the one that is wanted. It reports whether the one that is
// there lacks an entry.
func addEntries(wanted, there *unstructured.Unstructured) bool {
	has, _, _ := unstructured.NestedMap(there.Object, "data")
	wants, _, _ := unstructured.NestedMap(wanted.Object, "data")
	lacks := false
	for key := range wants {
		_, found := has[key]
		lacks = lacks || !found
	}
	if !lacks || wanted.GetKind() != "Secret" {
		return false
	}
	maps.Copy(wants, has)
	wanted.Object["data"] = wants
	return true
}

// google returns what a configuration expects of its project besides zones.
func (o *Options) google(e *spec.Environment) {
	if e.GCP == nil {
		return
	}
	o.ServiceAccounts = e.GCP.Admins
	o.Backup = e.Database.Managed.RestoreFrom
	if e.Database.Import != nil {
		o.Bucket = e.Database.Import.Bucket()
	}
}

// seedProject adds the bucket of a dump, a backup, and the service accounts of administrators to a project.
func (o Options) seedProject(project *cloud.Account) {
	if o.Bucket != "" {
		project.AddExisting(gcp.Token("storage/bucket"), "", o.Bucket, cloud.Values{"name": o.Bucket, "project": project.ID, "location": "EU"})
	}
	for id := range o.Certificates {
		project.AddExisting(gcp.Token("certificatemanager/certificate"), "", id, cloud.Values{"name": path.Base(id), "project": project.ID, "location": "global"})
	}
	if instance, number, found := strings.Cut(o.Backup, "/"); found {
		// A backup that has no number is refused by the configuration's checks.
		run, _ := strconv.ParseFloat(number, 64)
		project.AddExisting(gcp.BackupRun, "", number, cloud.Values{"instance": instance, "backupId": run})
	}
	for _, member := range o.ServiceAccounts {
		email, isAccount := strings.CutPrefix(member, "serviceAccount:")
		name, own := strings.CutSuffix(email, "@"+project.ID+".iam.gserviceaccount.com")
		if isAccount && own {
			project.AddExisting(gcp.Token("serviceaccount/account"), "", "projects/"+project.ID+"/serviceAccounts/"+email,
				cloud.Values{"email": email, "accountId": name, "project": project.ID, "name": "projects/" + project.ID + "/serviceAccounts/" + email})
		}
	}
}
