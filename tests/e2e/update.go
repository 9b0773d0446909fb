package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Project is a stack of a project that CopyProject wrote.
type Project struct {
	Dir, Stack string
	// Values are set for every run, as PATH=VALUE.
	Values []string
}

// Up applies the configuration with further values, and returns what the command printed.
func (c *Cluster) Up(p Project, values ...string) (string, error) {
	arguments := []string{"up", "--providers", "embedded", "-s", p.Stack, "--dir", p.Dir}
	for _, value := range slices.Concat(p.Values, values) {
		arguments = append(arguments, "--set", value)
	}
	out, err := c.Command("djangostack", arguments...).CombinedOutput()
	return string(out), err
}

// MustUp is Up, and fails the test if the command fails.
func (c *Cluster) MustUp(t *testing.T, p Project, values ...string) {
	t.Helper()
	began := time.Now()
	out, err := c.Up(p, values...)
	require.NoError(t, err, out)
	t.Logf("up %s: %s", strings.Join(values, " "), time.Since(began).Round(time.Second))
}

// Ask requests JSON from the published Service until it is answered, for half a minute.
func (c *Cluster) Ask(t *testing.T, method, path string, into any) {
	t.Helper()
	Eventually(t, 30*time.Second, method+" "+path+" is answered", func() error {
		request, err := http.NewRequest(method, c.Address+path, nil)
		if err != nil {
			return err
		}
		// A connection that is kept may lead to a pod that stops.
		request.Close = true
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, into)
	})
}
