package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ExpectedObject is an object that the environment uses and does not create.
type ExpectedObject struct {
	// Kind and Name of the object.
	Kind, Name string
	// Namespace of the object, if it is another one than the environment's.
	Namespace string
	// Path is the first field that names it.
	Path string
	// Keys are the entries that a Secret must have, and Forms what some of them must look like.
	Keys  []string
	Forms []ExpectedForm
	// AccessMode is the mode that a claim must have; empty for other kinds.
	AccessMode AccessMode
	// CreatedBy is the path of one of objects whose controller creates the object; empty for others.
	CreatedBy string
	// OtherwiseCreated says how the environment would create the object itself; empty if it
	// cannot.
	OtherwiseCreated string
}

// ClusterWide reports whether objects of the kind belong to no namespace.
func (o ExpectedObject) ClusterWide() bool {
	return slices.Contains([]string{"Namespace", "StorageClass", "PriorityClass", "RuntimeClass", "CSIDriver", "IngressClass", "CustomResourceDefinition", ClusterIssuer}, o.Kind)
}

// ExpectedForm is what the value of an entry must look like. Wrong completes "The Secret db, in
// its entry password, …" for one that does not, at Path.
type ExpectedForm struct {
	Path, Key string
	Form      EntryForm
	Wrong     string
}

// Expected lists the objects that the environment uses and does not create, each once.
func (e *Environment) Expected() []ExpectedObject {
	found := &expectations{environment: e, at: map[string]int{}}
	for i, name := range e.App.ImagePullSecrets {
		found.secret(indexed("app.imagePullSecrets", i), name, dockerConfigKey)
	}
	found.refs("app", e.App.SecretKeyRefs)
	for _, external := range e.externalRefs() {
		found.external(external)
	}
	for i, volume := range e.Volumes {
		at := indexed("volumes", i)
		if !volume.Created() {
			found.add(ExpectedObject{Kind: "PersistentVolumeClaim", Name: volume.ClaimName, Path: at + ".claimName", AccessMode: volume.AccessMode, OtherwiseCreated: "set " + at + ".size instead of claimName"})
		}
		found.add(ExpectedObject{Kind: "StorageClass", Name: volume.StorageClassName, Path: at + ".storageClassName"})
	}
	if e.RunsPostgres() {
		found.add(ExpectedObject{Kind: "StorageClass", Name: e.Database.Volume.StorageClassName, Path: "database.volume.storageClassName"})
	}
	if e.BacksUpToVolume() {
		found.add(ExpectedObject{Kind: "StorageClass", Name: e.Database.Backups.Volume.StorageClassName, Path: "database.backups.volume.storageClassName"})
	}
	if e.Broker.Kind == InCluster {
		found.add(ExpectedObject{Kind: "StorageClass", Name: e.Broker.Volume.StorageClassName, Path: "broker.volume.storageClassName"})
	}
	if e.RunsSearch() {
		found.add(ExpectedObject{Kind: "StorageClass", Name: e.Search.Volume.StorageClassName, Path: "search.volume.storageClassName"})
	}
	if e.Static.Store == StaticInVolume {
		found.add(ExpectedObject{Kind: "StorageClass", Name: e.Static.Volume.StorageClassName, Path: "static.volume.storageClassName"})
	}
	for _, process := range e.processesWithPods() {
		found.process(process)
	}
	found.traffic()
	found.definitions()
	return found.objects
}

// expectations collects objects. The first field that names one is kept.
type expectations struct {
	environment *Environment
	objects     []ExpectedObject
	at          map[string]int
}

func (x *expectations) add(object ExpectedObject) {
	if object.Name == "" {
		return
	}
	key := object.Kind + "/" + object.Name
	i, known := x.at[key]
	if !known {
		x.at[key] = len(x.objects)
		x.objects = append(x.objects, object)
		return
	}
	for _, entry := range object.Keys {
		if !slices.Contains(x.objects[i].Keys, entry) {
			x.objects[i].Keys = append(x.objects[i].Keys, entry)
		}
	}
}

func (x *expectations) secret(path, name string, keys ...string) {
	if x.environment.OwnSecret(name) == nil {
		x.add(ExpectedObject{Kind: "Secret", Name: name, Path: path, Keys: keys, CreatedBy: x.environment.writerOf(name), OtherwiseCreated: "give its entries in secrets"})
	}
}

// external adds an entry with credentials of an external server.
func (x *expectations) external(found externalRef) {
	if x.environment.OwnSecret(found.ref.Name) != nil {
		return
	}
	x.secret(found.path+".name", found.ref.Name, found.ref.Key)
	if found.form != AnyForm {
		i := x.at["Secret/"+found.ref.Name]
		x.objects[i].Forms = append(x.objects[i].Forms, ExpectedForm{Path: found.path, Key: found.ref.Key, Form: found.form, Wrong: found.cure})
	}
}

func (x *expectations) configMap(path, name string) {
	if x.environment.OwnConfigMap(name) == nil {
		x.add(ExpectedObject{Kind: "ConfigMap", Name: name, Path: path, OtherwiseCreated: "give its entries in configMaps"})
	}
}

func (x *expectations) refs(path string, refs map[string]SecretKeyRef) {
	for _, name := range sortedNames(refs) {
		x.secret(path+".secretKeyRefs."+name+".name", refs[name].Name, refs[name].Key)
	}
}

func (x *expectations) envFrom(path string, from []EnvFrom) {
	for i, source := range from {
		if source.Optional {
			continue
		}
		x.secret(indexed(path+".envFrom", i)+".secret", source.Secret)
		x.configMap(indexed(path+".envFrom", i)+".configMap", source.ConfigMap)
	}
}

// definitions adds those of the kinds that the environment has for KEDA and for Prometheus'
// operator, unless the stack installs them.
func (x *expectations) definitions() {
	e := x.environment
	of := func(plural, group, path string) {
		if !e.Installs(group) {
			x.add(ExpectedObject{Kind: "CustomResourceDefinition", Name: plural + "." + group, Path: path})
		}
	}
	for i, worker := range e.Workers {
		if worker.ScaledBy() != "" {
			of("scaledobjects", KEDAGroup, indexed("workers", i)+".autoscaling.by")
		}
	}
	if prometheus := e.Monitoring.Prometheus; prometheus != nil && prometheus.Scrape != ByAnnotations {
		of(strings.ToLower(string(prometheus.Scrape))+"s", PrometheusGroup, "monitoring.prometheus.scrape")
	}
	if e.Monitoring.Alerts != nil {
		of("prometheusrules", PrometheusGroup, "monitoring.alerts")
	}
}

func (x *expectations) process(process holder) {
	path, pods := process.path, process.pods
	x.refs(path, pods.SecretKeyRefs)
	x.envFrom(path, pods.EnvFrom)
	lists := processPods{path: path, pods: pods}.containers()
	for _, list := range sortedNames(lists) {
		for i, container := range lists[list] {
			x.refs(indexed(list, i), container.SecretKeyRefs)
			x.envFrom(indexed(list, i), container.EnvFrom)
		}
	}
	for i, volume := range pods.Volumes {
		at := indexed(path+".volumes", i) + ".from"
		if !x.environment.hasDriver(volume.Driver) {
			x.add(ExpectedObject{Kind: "CSIDriver", Name: volume.Driver, Path: indexed(path+".volumes", i) + ".driver"})
		}
		switch volume.Source {
		case SecretVolume, CSIVolume:
			x.secret(at, volume.From)
		case ConfigMapVolume:
			x.configMap(at, volume.From)
		case PersistentVolumeClaim:
			x.add(ExpectedObject{Kind: "PersistentVolumeClaim", Name: volume.From, Path: at, AccessMode: x.environment.modeOf(volume.From), OtherwiseCreated: "declare a volume in volumes, and set source volume"})
		}
	}
	if !x.environment.createsAccount(pods.ServiceAccountName) {
		x.add(ExpectedObject{Kind: "ServiceAccount", Name: pods.ServiceAccountName, Path: path + ".serviceAccountName", OtherwiseCreated: "give its manifest in objects"})
	}
	if !strings.HasPrefix(pods.PriorityClassName, "system-") {
		x.add(ExpectedObject{Kind: "PriorityClass", Name: pods.PriorityClassName, Path: path + ".priorityClassName"})
	}
	if !x.environment.hasRuntimeClass(pods.RuntimeClassName) {
		x.add(ExpectedObject{Kind: "RuntimeClass", Name: pods.RuntimeClassName, Path: path + ".runtimeClassName"})
	}
}

// modeOf returns the access mode that an existing claim must have, which nothing puts on one
// node: ReadWriteMany, unless a single pod mounts it; empty for any mode.
func (e *Environment) modeOf(claim string) AccessMode {
	var alone []bool
	for _, process := range e.processesWithPods() {
		if slices.ContainsFunc(process.pods.Volumes, func(v MountedVolume) bool { return v.Source == PersistentVolumeClaim && v.From == claim }) {
			alone = append(alone, process.most == 1 && process.strategy == Recreate)
		}
	}
	if len(alone) == 1 && alone[0] {
		return ""
	}
	return ReadWriteMany
}

// MissingObject is an expected object that is not there, or not as it is used.
type MissingObject struct {
	ExpectedObject
	// Reason completes the sentence "The Secret smtp …".
	Reason string
}

// MissingObjectsError names objects that somebody has to create before an update.
type MissingObjectsError struct {
	Namespace string
	Objects   []MissingObject
}

// CheckRehearsal returns a MissingObjectsError for objects in a namespace that this stack
// creates on an existing cluster. up waits until somebody creates them there, and in a
// rehearsal no one does, unless the configuration says so.
func (e *Environment) CheckRehearsal() error {
	if e.CreatesCluster() || !e.CreatesNamespace() || e.Prepared == On {
		return nil
	}
	missing := &MissingObjectsError{Namespace: e.Namespace.Name}
	for _, object := range e.Expected() {
		if !object.ClusterWide() && object.Namespace == "" && object.CreatedBy == "" {
			missing.Objects = append(missing.Objects, MissingObject{ExpectedObject: object, Reason: "is not there, because this stack creates the namespace: set prepared: on if it is created there by other means"})
		}
	}
	if len(missing.Objects) == 0 {
		return nil
	}
	return missing
}

func (e *MissingObjectsError) Error() string {
	var text strings.Builder
	text.WriteString("the environment uses objects that it does not create:")
	for _, object := range e.Objects {
		where := " in the namespace " + cmp.Or(object.Namespace, e.Namespace)
		if object.ClusterWide() {
			where = ""
		}
		fmt.Fprintf(&text, "\n  %s: the %s %s%s %s", object.Path, object.Kind, object.Name, where, object.Reason)
		if object.OtherwiseCreated != "" {
			fmt.Fprintf(&text, "; or let the environment create it: %s", object.OtherwiseCreated)
		}
	}
	return text.String()
}
