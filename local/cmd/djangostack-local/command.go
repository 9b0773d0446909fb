//go:build linux

package main

import (
	"log"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	kubectl "k8s.io/kubectl/pkg/cmd"

	"github.com/djangostack/djangostack/local/cluster"
	"github.com/djangostack/djangostack/local/components"
	"github.com/djangostack/djangostack/local/host"
	"github.com/djangostack/djangostack/local/node"
)

func newCommand() *cobra.Command {
	state := os.Getenv("DJANGOSTACK_STATE")
	if state == "" {
		state = ".djangostack"
	}
	root := &cobra.Command{
		Use:              "djangostack-local",
		Short:            "Run Kubernetes on this machine, isolated by namespaces, for development and tests",
		SilenceUsage:     true,
		SilenceErrors:    true,
		TraverseChildren: true,
	}
	root.PersistentFlags().StringVar(&state, "state", state, "state directory; the cluster uses its subdirectory cluster (default $DJANGOSTACK_STATE or .djangostack)")
	home := func() (cluster.Home, error) { return cluster.HomeIn(state) }
	root.AddCommand(
		upCommand(home), downCommand(home), statusCommand(home), logsCommand(home), loadCommand(home), kubectlCommand(home),
		daemonCommand(), nodeInitCommand(), nodeRunCommand(), componentCommand(),
	)
	return root
}

// progress returns the logger for a command's progress, one line per step.
func progress(c *cobra.Command) *log.Logger { return log.New(c.OutOrStdout(), "", 0) }

type homeFinder func() (cluster.Home, error)

func upCommand(home homeFinder) *cobra.Command {
	var publish []string
	var options host.UpOptions
	command := &cobra.Command{
		Use:   "up",
		Short: "Start or repair the cluster and wait until it is ready",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			for _, text := range publish {
				one, err := host.ParsePublication(text)
				if err != nil {
					return err
				}
				options.Publications = append(options.Publications, one)
			}
			return host.Up(c.Context(), h, options, progress(c))
		},
	}
	command.Flags().StringArrayVar(&publish, "publish", nil, "127.0.0.1:PORT=NAMESPACE/SERVICE:PORT: forward a port of this machine to a Service; can be repeated; replaces earlier ones")
	command.Flags().BoolVar(&options.EnforcePolicies, "enforce-network-policies", false, "make NetworkPolicies effective; a pod that starts can be refused for a second, until the rules have its address")
	return command
}

func downCommand(home homeFinder) *cobra.Command {
	var keepData bool
	command := &cobra.Command{
		Use:   "down",
		Short: "Stop the cluster and remove its data",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			return host.Down(c.Context(), h, keepData, progress(c))
		},
	}
	command.Flags().BoolVar(&keepData, "keep-data", false, "keep objects, volumes and images for the next up")
	return command
}

func statusCommand(home homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show the cluster's state; exit with 0 if it is ready, otherwise with 1",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			return host.Status(c.Context(), h, progress(c))
		},
	}
}

func logsCommand(home homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "logs [COMPONENT]",
		Short: "Show the log of a component, or list the components",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			component := ""
			if len(args) == 1 {
				component = args[0]
			}
			return host.Logs(h, component, c.OutOrStdout())
		},
	}
}

func loadCommand(home homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:   "load-image FILE.tar...",
		Short: "Load images into the cluster; skip images that are already loaded",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			return host.LoadImages(c.Context(), h, args, progress(c))
		},
	}
}

func kubectlCommand(home homeFinder) *cobra.Command {
	return &cobra.Command{
		Use:                "kubectl ...",
		Short:              "Run kubectl on this cluster (put --state before kubectl)",
		DisableFlagParsing: true,
		RunE: func(c *cobra.Command, args []string) error {
			h, err := home()
			if err != nil {
				return err
			}
			kubeconfig := h.Kubeconfig()
			flags := genericclioptions.NewConfigFlags(true).WithDiscoveryBurst(300).WithDiscoveryQPS(50)
			flags.KubeConfig = &kubeconfig
			inner := kubectl.NewDefaultKubectlCommandWithArgs(kubectl.KubectlOptions{
				Arguments:   append([]string{"kubectl"}, args...),
				ConfigFlags: flags,
				IOStreams:   genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr},
			})
			inner.SetArgs(args)
			return inner.ExecuteContext(c.Context())
		},
	}
}

func daemonCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "daemon HOME",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(c *cobra.Command, args []string) error { return host.RunDaemon(c.Context(), cluster.Home(args[0])) },
	}
}

func nodeInitCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "node-init HOME",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			h := cluster.Home(args[0])
			return node.Init(h, "node-run", h.CgroupName())
		},
	}
}

func nodeRunCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "node-run CGROUP",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(c *cobra.Command, args []string) error { return node.Run(c.Context(), args[0], progress(c)) },
	}
}

func componentCommand() *cobra.Command {
	return &cobra.Command{
		Use:                "component NAME ...",
		Hidden:             true,
		DisableFlagParsing: true,
		Args:               cobra.MinimumNArgs(1),
		RunE:               func(c *cobra.Command, args []string) error { return components.Run(c.Context(), args[0], args[1:]) },
	}
}
