package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Visitor is a browser.
type Visitor struct {
	address string
	client  *http.Client
}

// NewVisitor returns a visitor of an address who has not signed in.
func NewVisitor(t *testing.T, address string) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &Visitor{address: address, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

// NewVisitorOf returns a visitor whose requests look as if a load balancer had forwarded them: sent to a host over
// HTTPS.
func NewVisitorOf(t *testing.T, host, address string) *Visitor {
	t.Helper()
	v := NewVisitor(t, address)
	v.client.Transport = balanced{host: host, next: http.DefaultTransport}
	return v
}

type balanced struct {
	host string
	next http.RoundTripper
}

func (b balanced) RoundTrip(request *http.Request) (*http.Response, error) {
	handed := request.Clone(request.Context())
	handed.Host = b.host
	handed.Header.Set("X-Forwarded-Proto", "https")
	return b.next.RoundTrip(handed)
}

// Page returns the text of a page, or an error if the answer is not 200.
func (v *Visitor) Page(path string) (string, error) {
	response, err := v.client.Get(v.address + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text := text(response.Body)
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s: %.300s", path, response.Status, text)
	}
	return text, nil
}

// MustPage is Page that must succeed.
func (v *Visitor) MustPage(t *testing.T, path string) string {
	t.Helper()
	text, err := v.Page(path)
	require.NoError(t, err)
	return text
}

// read decodes a page of JSON.
func (v *Visitor) read(path string, into any) error {
	text, err := v.Page(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// Submit fills in the form of one page and sends it to another, with the form's CSRF token.
func (v *Visitor) Submit(t *testing.T, form, target string, fields map[string]string) string {
	t.Helper()
	text, err := v.TrySubmit(form, target, fields)
	require.NoError(t, err)
	return text
}

// TrySubmit is Submit that may fail.
func (v *Visitor) TrySubmit(form, target string, fields map[string]string) (string, error) {
	page, err := v.Page(form)
	if err != nil {
		return "", err
	}
	token := regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`).FindStringSubmatch(page)
	if len(token) == 0 {
		return "", fmt.Errorf("the form on %s has no token", form)
	}
	values := url.Values{"csrfmiddlewaretoken": {token[1]}}
	for name, value := range fields {
		values.Set(name, value)
	}
	request, err := http.NewRequest(http.MethodPost, v.address+target, strings.NewReader(values.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Referer", v.address+form)
	response, err := v.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text := text(response.Body)
	if response.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s answered %s: %.600s", target, response.Status, text)
	}
	return text, nil
}

// SignIn signs in to the admin site.
func (v *Visitor) SignIn(t *testing.T, username, password string) {
	t.Helper()
	page := v.Submit(t, "/admin/login/?next=/admin/", "/admin/login/?next=/admin/", map[string]string{
		"username": username, "password": password,
	})
	require.Contains(t, page, "Site administration", "signing in as %s", username)
}

// Status is what the sample app reports about itself.
type Status struct {
	Version    string         `json:"version"`
	Pod        string         `json:"pod"`
	Posts      int            `json:"posts"`
	Notes      map[string]int `json:"notes"`
	Ticks      int            `json:"ticks"`
	Beats      []string       `json:"beats"`
	Migrations []string       `json:"migrations"`
	Cache      string         `json:"cache"`
}

// Status requests the app's status.
func (v *Visitor) Status() (Status, error) {
	var s Status
	err := v.read("/api/status", &s)
	return s, err
}

func text(body io.Reader) string {
	out, err := io.ReadAll(body)
	if err != nil {
		return fmt.Sprintf("unreadable: %v", err)
	}
	return string(out)
}
