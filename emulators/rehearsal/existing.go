package rehearsal

import (
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
		o.Objects = append(o.Objects, classes(e)...)
	}
	if !e.CreatesNamespace() && e.Namespace.Name != "default" { // every cluster has default
		o.Objects = append(o.Objects, existing("v1", "Namespace", "", e.Namespace.Name, nil))
	}
	if prepared || !e.CreatesNamespace() {
		o.Objects = append(o.Objects, inNamespace(e)...)
	}
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

// classes returns the priority classes that a configuration names.
func classes(e *spec.Environment) []*unstructured.Unstructured {
	var found []*unstructured.Unstructured
	seen := map[string]bool{}
	for _, pods := range podsOf(e) {
		if name := pods.PriorityClassName; name != "" && !strings.HasPrefix(name, "system-") && !seen[name] {
			seen[name] = true
			found = append(found, existing("scheduling.k8s.io/v1", "PriorityClass", "", name, map[string]any{"value": int64(1000)}))
		}
	}
	return found
}

func podsOf(e *spec.Environment) []spec.Pods {
	all := []spec.Pods{e.Release.Pods, e.Web.Pods, e.Beat.Pods, e.Shell.Pods}
	for _, step := range e.Release.Steps {
		all = append(all, step.Pods)
	}
	for _, worker := range e.Workers {
		all = append(all, worker.Pods)
	}
	for _, process := range e.Processes {
		all = append(all, process.Pods)
	}
	for _, cron := range e.Cron {
		all = append(all, cron.Pods)
	}
	return all
}

// inNamespace returns the claims, Secrets, ConfigMaps and service accounts that a configuration expects in its namespace.
func inNamespace(e *spec.Environment) []*unstructured.Unstructured {
	n := &named{environment: e, namespace: e.Namespace.Name, secrets: map[string]map[string]any{}, seen: map[string]bool{}}
	for _, pull := range e.App.ImagePullSecrets {
		n.secret(pull)
	}
	for _, volume := range e.Volumes {
		n.claim(volume.ClaimName, string(volume.AccessMode))
	}
	n.variables(e.App.SecretKeyRefs, nil)
	for _, pods := range podsOf(e) {
		n.variables(pods.SecretKeyRefs, pods.EnvFrom)
		for _, container := range slices.Concat(pods.InitContainers, pods.Sidecars) {
			n.variables(container.SecretKeyRefs, container.EnvFrom)
		}
		for _, volume := range pods.Volumes {
			n.volume(volume)
		}
		n.add("ServiceAccount", pods.ServiceAccountName, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(n.secrets)) {
		n.add("Secret", name, map[string]any{"data": n.secrets[name]})
	}
	return n.found
}

// named collects the objects of a namespace that a configuration names, each once.
type named struct {
	// environment creates some of what the configuration names.
	environment *spec.Environment
	namespace   string
	// secrets are the entries of each Secret.
	secrets map[string]map[string]any
	seen    map[string]bool
	found   []*unstructured.Unstructured
}

func (n *named) add(kind, name string, fields map[string]any) {
	if name == "" || n.seen[kind+"/"+name] {
		return
	}
	n.seen[kind+"/"+name] = true
	n.found = append(n.found, existing("v1", kind, n.namespace, name, fields))
}

// secret adds entries to a Secret. Its values are the same text in base64.
func (n *named) secret(name string, keys ...string) {
	if name == "" || n.environment.OwnSecret(name) != nil {
		return
	}
	if n.secrets[name] == nil {
		n.secrets[name] = map[string]any{}
	}
	for _, key := range keys {
		n.secrets[name][key] = "cmVoZWFyc2Vk"
	}
}

func (n *named) variables(refs map[string]spec.SecretKeyRef, from []spec.EnvFrom) {
	for _, ref := range refs {
		n.secret(ref.Name, ref.Key)
	}
	for _, source := range from {
		n.secret(source.Secret)
		n.configMap(source.ConfigMap)
	}
}

func (n *named) volume(volume spec.MountedVolume) {
	switch volume.Source {
	case spec.SecretVolume:
		n.secret(volume.From)
	case spec.ConfigMapVolume:
		n.configMap(volume.From)
	case spec.PersistentVolumeClaim:
		n.claim(volume.From, string(spec.ReadWriteMany))
	}
}

func (n *named) configMap(name string) {
	if n.environment.OwnConfigMap(name) == nil {
		n.add("ConfigMap", name, nil)
	}
}

func (n *named) claim(name, accessMode string) {
	n.add("PersistentVolumeClaim", name, map[string]any{"spec": map[string]any{
		"accessModes": []any{accessMode}, "resources": map[string]any{"requests": map[string]any{"storage": "1Gi"}},
	}})
}

// seed adds what exists before the program to the cluster in memory.
func (o Options) seed(cluster *memory.Cluster) error {
	cluster.Mounts(o.Drivers...)
	for _, group := range o.Controllers {
		cluster.Install(group)
	}
	for _, object := range o.Objects {
		if err := cluster.Seed(object); err != nil {
			return fmt.Errorf("adding %s %s, which the configuration expects to exist: %w", object.GetKind(), path.Join(object.GetNamespace(), object.GetName()), err)
		}
	}
	return nil
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
