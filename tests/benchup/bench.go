package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/djangostack/djangostack/tests/ports"
)

// Both programs create the same environment in the same namespace, one after the other.
const namespace = "bench"

// longest limits one run.
const longest = 5 * time.Minute

type benchmark struct {
	bin, images, state string
	address            string
}

func newBench(bin, images, state string) (*benchmark, error) {
	bin, err := absolute(bin)
	if err != nil {
		return nil, err
	}
	images, err = absolute(images)
	if err != nil {
		return nil, err
	}
	port, err := ports.Free(1)
	if err != nil {
		return nil, err
	}
	return &benchmark{bin: bin, images: images, state: state, address: "127.0.0.1:" + strconv.Itoa(port)}, nil
}

func (b *benchmark) startCluster() error {
	if err := b.do("djangostack-local", "up", "--publish", b.address+"="+namespace+"/blog-web:80"); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(b.images, "*.tar"))
	if err != nil {
		return fmt.Errorf("listing the images: %w", err)
	}
	return b.do("djangostack-local", append([]string{"load-image"}, archives...)...)
}

func (b *benchmark) stopCluster() {
	if err := b.do("djangostack-local", "down"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// measure creates the environment, returns the time to its first 200, and deletes it again.
func (b *benchmark) measure(name string, build, remove func() error) (time.Duration, error) {
	fmt.Printf("%s ...\n", name)
	began := time.Now()
	first := make(chan error, 1)
	var took time.Duration
	go func() {
		err := b.firstAnswer()
		took = time.Since(began)
		first <- err
	}()
	if err := build(); err != nil {
		return 0, err
	}
	if err := <-first; err != nil {
		return 0, err
	}
	return took, remove()
}

func (b *benchmark) firstAnswer() error {
	client := http.Client{Timeout: time.Second}
	for deadline := time.Now().Add(longest); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		response, err := client.Get("http://" + b.address + "/")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return errors.New("the app did not answer with 200 within " + longest.String())
}

// settings are the values that differ from Pulumi.local.yaml.
func (b *benchmark) settings() []string {
	return []string{"-s", "local", "--set", "namespace.name=" + namespace, "--set", "app.url=http://" + b.address}
}

func (b *benchmark) up() error {
	return b.do("djangostack", append([]string{"up", "--providers", "embedded"}, b.settings()...)...)
}

func (b *benchmark) destroy() error {
	return b.do("djangostack", "destroy", "-s", "local", "--yes", "--providers", "embedded")
}

func (b *benchmark) remove() error {
	return b.kubectl("delete", "namespace", namespace)
}

func (b *benchmark) kubectl(arguments ...string) error {
	return b.do("djangostack-local", append([]string{"kubectl"}, arguments...)...)
}

// do runs a program, and returns its output as an error if it fails.
func (b *benchmark) do(program string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(b.bin, program), arguments...)
	command.Env = append(os.Environ(),
		"DJANGOSTACK_STATE="+b.state,
		"DJANGOSTACK_PULUMI="+filepath.Join(b.bin, "pulumi"),
		"KUBECONFIG="+filepath.Join(b.state, "cluster", "kubeconfig"))
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, out)
	}
	return nil
}
