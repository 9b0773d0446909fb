package host

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/local/cluster"
)

func TestControlSocketWorksFromLongDirectory(t *testing.T) {
	// Longer than the maximum path of a socket.
	home := cluster.Home(filepath.Join(t.TempDir(), strings.Repeat("long", 50)))
	require.NoError(t, os.MkdirAll(string(home), 0o700))
	_, err := control{home}.status(context.Background())
	require.ErrorIs(t, err, errStopped)

	for range 2 {
		// The second iteration finds the socket that a killed daemon left.
		listener, err := listenControl(home)
		require.NoError(t, err)
		mux := http.NewServeMux()
		mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(status{Phase: "trying", NodePID: 7})
		})
		mux.HandleFunc("PUT /published", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "the port is in use", http.StatusConflict) })
		go func() { _ = http.Serve(listener, mux) }()
		now, err := control{home}.status(context.Background())
		require.NoError(t, err)
		assert.Equal(t, status{Phase: "trying", NodePID: 7}, now)
		assert.EqualError(t, control{home}.publish(context.Background(), nil), "the port is in use")
		require.NoError(t, listener.Close())
		_, err = control{home}.status(context.Background())
		require.ErrorIs(t, err, errStopped)
	}
}

func TestLockIsExclusive(t *testing.T) {
	home := cluster.Home(t.TempDir())
	assert.False(t, locked(home))
	release, err := lock(home)
	require.NoError(t, err)
	assert.True(t, locked(home))
	_, err = lock(home)
	require.ErrorIs(t, err, errLocked)
	release()
	assert.False(t, locked(home))
}

func TestAPIPortIsReusedWhileFree(t *testing.T) {
	home := cluster.Home(t.TempDir())
	first, err := listenAPI(home)
	require.NoError(t, err)
	require.NoError(t, first.Close())
	second, err := listenAPI(home)
	require.NoError(t, err)
	assert.Equal(t, first.Addr(), second.Addr())

	third, err := listenAPI(home)
	require.NoError(t, err)
	assert.NotEqual(t, second.Addr(), third.Addr(), "a port in use is replaced")
	require.NoError(t, second.Close())
	require.NoError(t, third.Close())
	fourth, err := listenAPI(home)
	require.NoError(t, err)
	defer fourth.Close()
	assert.Equal(t, third.Addr(), fourth.Addr())
}

func TestPublicationsAreSaved(t *testing.T) {
	home := cluster.Home(t.TempDir())
	none, err := loadPublications(home)
	require.NoError(t, err)
	assert.Empty(t, none)
	all := []Publication{{Address: "127.0.0.1:8000", Namespace: "blog", Service: "web", Port: "80"}}
	require.NoError(t, savePublications(home, all))
	kept, err := loadPublications(home)
	require.NoError(t, err)
	assert.Equal(t, all, kept)
}
