package host

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/local/cgroup"
	"github.com/djangostack/djangostack/local/cluster"
	"github.com/djangostack/djangostack/local/node"
	"github.com/djangostack/djangostack/local/pki"
)

// cgroupWait limits how long killed processes may take to leave their cgroups.
const cgroupWait = 20 * time.Second

// daemon is the only process of the cluster outside the cluster's namespaces. It starts the namespaces and listens on this
// machine's ports. When it ends for any reason, the whole cluster ends.
type daemon struct {
	home      cluster.Home
	publisher *publisher
	stop      context.CancelFunc

	mu      sync.Mutex
	phase   string
	nodePID int
	inside  netns
}

// RunDaemon runs the cluster until a client requests a stop or ctx is done. The error names the part that failed to start
// or has ended.
func RunDaemon(ctx context.Context, home cluster.Home) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	release, err := lock(home)
	if err != nil {
		return err
	}
	defer release()
	// A killed daemon leaves its cgroups.
	if err := cgroup.Remove(home.CgroupName(), cgroupWait); err != nil {
		return err
	}
	defer func() {
		if err := cgroup.Remove(home.CgroupName(), cgroupWait); err != nil {
			log.Print(err)
		}
	}()

	api, err := listenAPI(home)
	if err != nil {
		return err
	}
	defer api.Close()
	if err := pki.Issue(home, api.Addr().(*net.TCPAddr).Port); err != nil {
		return err
	}
	d := &daemon{home: home, stop: stop, phase: "preparing namespaces"}
	// This fails if a port is in use, so it runs before the node starts.
	if err := d.startPublisher(); err != nil {
		return err
	}
	ended, err := d.startNode(ctx)
	if err != nil {
		return err
	}
	go forward(api, func(ctx context.Context) (net.Conn, error) { return d.dial(ctx, "tcp", cluster.APIAddress) })
	if err := d.serveControl(); err != nil {
		return err
	}
	err = <-ended
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("the node has ended: %w", err)
}

// startNode starts the first process of the cluster's namespaces. The channel receives one value when that process ends.
func (d *daemon) startNode(ctx context.Context) (<-chan error, error) {
	command := exec.CommandContext(ctx, "/proc/self/exe", "node-init", string(d.home))
	command.Args[0] = os.Args[0]
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: node.Namespaces,
		// The cluster must not outlive its daemon.
		Pdeathsig: syscall.SIGKILL,
	}
	command.Stderr = os.Stderr
	progress, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the node: %w", err)
	}
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() {
		// The kernel sends Pdeathsig when the thread that started the process ends, so that thread must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		d.trackPhase(progress)
		ended <- command.Wait()
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting the node in its own namespaces: %w", err)
	}
	inside, err := openNetns(command.Process.Pid)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.nodePID, d.inside = command.Process.Pid, inside
	d.mu.Unlock()
	return ended, nil
}

// dial connects from inside the cluster's network namespace.
func (d *daemon) dial(ctx context.Context, network, address string) (net.Conn, error) {
	d.mu.Lock()
	inside := d.inside
	d.mu.Unlock()
	if inside.file == nil {
		return nil, errors.New("the cluster is still starting")
	}
	return inside.Dial(ctx, network, address)
}

// trackPhase reads the node's progress and stores the latest line until the node ends.
func (d *daemon) trackPhase(progress io.Reader) {
	lines := bufio.NewScanner(progress)
	for lines.Scan() {
		log.Print(lines.Text())
		d.mu.Lock()
		d.phase = lines.Text()
		d.mu.Unlock()
	}
	if err := lines.Err(); err != nil {
		log.Printf("reading the node's progress: %v", err)
	}
}

func (d *daemon) startPublisher() error {
	config, err := clientcmd.BuildConfigFromFlags("", d.home.ClientConfig("admin"))
	if err != nil {
		return fmt.Errorf("reading the administrator's kubeconfig: %w", err)
	}
	config.Dial = d.dial
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("creating a client: %w", err)
	}
	d.publisher = &publisher{client: client, dial: d.dial, open: map[string]*published{}}
	saved, err := loadPublications(d.home)
	if err != nil {
		return err
	}
	return d.publisher.set(saved)
}

func (d *daemon) serveControl() error {
	listener, err := listenControl(d.home)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", d.answerStatus)
	mux.HandleFunc("PUT /published", d.answerPublish)
	mux.HandleFunc("POST /stop", func(http.ResponseWriter, *http.Request) { d.stop() })
	go func() {
		if err := http.Serve(listener, mux); !errors.Is(err, net.ErrClosed) {
			log.Printf("serving the control socket: %v", err)
		}
	}()
	return nil
}

func (d *daemon) answerStatus(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	answer := status{Phase: d.phase, NodePID: d.nodePID}
	d.mu.Unlock()
	if answer.Phase == node.Ready {
		// A component may have failed after the node became ready.
		if err := d.publisher.serverReady(r.Context()); err != nil {
			answer.Phase = "the API server is restarting"
		}
	}
	answer.Ready = answer.Phase == node.Ready
	for _, one := range d.publisher.list() {
		answer.Published = append(answer.Published, one.String())
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		log.Printf("answering status: %v", err)
	}
}

func (d *daemon) answerPublish(w http.ResponseWriter, r *http.Request) {
	var texts []string
	if err := json.NewDecoder(r.Body).Decode(&texts); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	all, err := parseAll(texts)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := d.publisher.set(all); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	if err := savePublications(d.home, all); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
