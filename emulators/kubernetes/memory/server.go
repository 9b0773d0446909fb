package memory

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// connectionPatience is how long a client may take to send the header of a request.
const connectionPatience = 10 * time.Second

// maxBody is the API server's limit for one request.
const maxBody = 3 << 20

// minor is the version of Kubernetes, 1.minor, whose kinds and fields k8s.io/api holds.
const minor = "37"

// call is one request for a resource.
type call struct {
	kind
	namespace, name string
	query           url.Values
}

func (c call) at() address { return address{c.resource(), c.namespace, c.name} }

func (c call) dryRun() bool { return slices.Contains(c.query["dryRun"], metav1.DryRunAll) }

func (c call) missing() error {
	return apierrors.NewNotFound(schema.GroupResource{Group: c.Group, Resource: c.plural}, c.name)
}

// guarded requires the token, because every user of the machine can reach the port.
func guarded(token string, next http.Handler) http.Handler {
	want := []byte("Bearer " + token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			refuse(w, apierrors.NewUnauthorized("the cluster in memory answers only to the process that holds it"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ServeHTTP answers one request of the Kubernetes API.
func (c *Cluster) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/version":
		reply(w, http.StatusOK, map[string]string{"major": "1", "minor": minor, "gitVersion": "v1." + minor + ".0+memory"})
	case r.URL.Path == "/api":
		reply(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
	case r.URL.Path == "/apis":
		c.mu.Lock()
		list := c.groupsDiscovered()
		c.mu.Unlock()
		reply(w, http.StatusOK, list)
	case parts[0] == "api" && len(parts) >= 2:
		c.serveVersion(w, r, schema.GroupVersion{Version: parts[1]}, parts[2:])
	case parts[0] == "apis" && len(parts) >= 3:
		c.serveVersion(w, r, schema.GroupVersion{Group: parts[1], Version: parts[2]}, parts[3:])
	default:
		refuse(w, noSuchPath())
	}
}

func noSuchPath() error {
	return apierrors.NewGenericServerResponse(http.StatusNotFound, "get", schema.GroupResource{}, "", "the server could not find the requested resource", 0, false)
}

// serveVersion answers for one version of a group: its list of kinds, or a resource.
func (c *Cluster) serveVersion(w http.ResponseWriter, r *http.Request, version schema.GroupVersion, path []string) {
	if len(path) == 0 {
		c.mu.Lock()
		list := c.resourcesDiscovered(version)
		c.mu.Unlock()
		if len(list.APIResources) == 0 {
			refuse(w, noSuchPath())
			return
		}
		reply(w, http.StatusOK, list)
		return
	}
	made := call{query: r.URL.Query()}
	if path[0] == "namespaces" && len(path) > 2 {
		made.namespace, path = path[1], path[2:]
	}
	known := false
	c.mu.Lock()
	made.kind, known = c.kindOf(version, path[0])
	c.mu.Unlock()
	// Subresources such as logs, exec and status need running pods.
	if !known || len(path) > 2 || made.namespace != "" && !made.namespaced {
		refuse(w, noSuchPath())
		return
	}
	if len(path) == 2 {
		made.name = path[1]
	}
	c.serveResource(w, r, made)
}

func (c *Cluster) serveResource(w http.ResponseWriter, r *http.Request, made call) {
	switch {
	case r.Method == http.MethodGet && made.query.Get("watch") == "true":
		c.watch(w, r, made)
	case r.Method == http.MethodGet && made.name == "":
		answer(w)(c.list(made))
	case r.Method == http.MethodGet:
		answer(w)(c.get(made))
	case r.Method == http.MethodDelete && made.name != "":
		c.serveDelete(w, r, made)
	case r.Method == http.MethodPatch, r.Method == http.MethodPut, r.Method == http.MethodPost && made.name == "":
		c.serveWrite(w, r, made)
	default:
		refuse(w, apierrors.NewMethodNotSupported(schema.GroupResource{Group: made.Group, Resource: made.plural}, strings.ToLower(r.Method)))
	}
}

func (c *Cluster) serveDelete(w http.ResponseWriter, r *http.Request, made call) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, apierrors.NewBadRequest(err.Error()))
		return
	}
	var options metav1.DeleteOptions
	if len(body) > 0 {
		if err := json.Unmarshal(body, &options); err != nil {
			refuse(w, apierrors.NewBadRequest("the body is no DeleteOptions: "+err.Error()))
			return
		}
	}
	answer(w)(c.remove(made, options))
}

func (c *Cluster) serveWrite(w http.ResponseWriter, r *http.Request, made call) {
	object, err := readObject(w, r)
	if err != nil {
		refuse(w, apierrors.NewBadRequest(err.Error()))
		return
	}
	switch format, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case r.Method == http.MethodPost:
		made.name = object.GetName()
		answer(w)(c.create(made, object))
	case r.Method == http.MethodPut:
		answer(w)(c.update(made, object))
	case format == string(types.ApplyPatchType):
		answer(w)(c.apply(made, object))
	default:
		refuse(w, &apierrors.StatusError{ErrStatus: metav1.Status{
			Status: metav1.StatusFailure, Code: http.StatusUnsupportedMediaType, Reason: metav1.StatusReasonUnsupportedMediaType,
			Message: fmt.Sprintf("the cluster in memory knows only server-side apply, not patches of type %s", format),
		}})
	}
}

func readObject(w http.ResponseWriter, r *http.Request) (*unstructured.Unstructured, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	plain, err := yaml.ToJSON(body)
	if err != nil {
		return nil, fmt.Errorf("the body is neither JSON nor YAML: %w", err)
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(plain); err != nil {
		return nil, fmt.Errorf("the body is no object: %w", err)
	}
	return object, nil
}

func answer(w http.ResponseWriter) func(any, error) {
	return func(value any, err error) {
		if err != nil {
			refuse(w, err)
			return
		}
		reply(w, http.StatusOK, value)
	}
}

func refuse(w http.ResponseWriter, err error) {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		status = apierrors.NewInternalError(err)
	}
	refused := status.Status()
	refused.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	reply(w, int(refused.Code), refused)
}

func reply(w http.ResponseWriter, code int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// A client that has disconnected needs no answer.
	_ = json.NewEncoder(w).Encode(value)
}
