package pods_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// visitor is a person with a browser.
type visitor struct {
	address string
	client  *http.Client
}

func newVisitor(t *testing.T, address string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &visitor{address: address, client: &http.Client{Jar: jar, Timeout: 10 * time.Second}}
}

// page gets a page and returns its text, or an error if the answer is not 200.
func (v *visitor) page(path string) (string, error) {
	response, err := v.client.Get(v.address + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text := read(response.Body)
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answered %s: %.300s", path, response.Status, text)
	}
	return text, nil
}

func (v *visitor) mustPage(t *testing.T, path string) string {
	t.Helper()
	text, err := v.page(path)
	require.NoError(t, err)
	return text
}

// read gets a page of JSON.
func (v *visitor) read(path string, into any) error {
	text, err := v.page(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// submit fills in the form on one page and sends it to another, with the token
// that the form carries.
func (v *visitor) submit(t *testing.T, form, target string, fields map[string]string) string {
	t.Helper()
	token := regexp.MustCompile(`name="csrfmiddlewaretoken" value="([^"]+)"`).FindStringSubmatch(v.mustPage(t, form))
	require.NotEmpty(t, token, "the form on %s has no token", form)
	values := url.Values{"csrfmiddlewaretoken": {token[1]}}
	for name, value := range fields {
		values.Set(name, value)
	}
	request, err := http.NewRequest(http.MethodPost, v.address+target, strings.NewReader(values.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Referer", v.address+form)
	response, err := v.client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text := read(response.Body)
	require.Less(t, response.StatusCode, 400, "%s answered %s: %.600s", target, response.Status, text)
	return text
}

func (v *visitor) signIn(t *testing.T, username, password string) {
	t.Helper()
	page := v.submit(t, "/admin/login/?next=/admin/", "/admin/login/?next=/admin/", map[string]string{
		"username": username, "password": password,
	})
	require.Contains(t, page, "Site administration", "signing in as %s", username)
}

// status is what the app tells of itself.
type status struct {
	Version    string         `json:"version"`
	Pod        string         `json:"pod"`
	Posts      int            `json:"posts"`
	Notes      map[string]int `json:"notes"`
	Ticks      int            `json:"ticks"`
	Beats      []string       `json:"beats"`
	Migrations []string       `json:"migrations"`
	Cache      string         `json:"cache"`
}

func (v *visitor) status() (status, error) {
	var s status
	err := v.read("/api/status", &s)
	return s, err
}
