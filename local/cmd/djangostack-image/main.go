// Command djangostack-image builds the images of the local cluster from Debian packages. See package image.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/local/image"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := root().ExecuteContext(ctx)
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted: no incomplete image is left; run the command again")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "djangostack-image:", err)
		stop()
		os.Exit(1)
	}
}

func root() *cobra.Command {
	builder := &image.Builder{Progress: func(line string) { fmt.Fprintln(os.Stderr, line) }}
	command := &cobra.Command{
		Use:           "djangostack-image",
		Short:         "Build the local cluster's images from Debian packages, without a container engine or a registry",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := command.PersistentFlags()
	flags.StringVar(&builder.Out, "out", filepath.Join(stateDir(), "images"), "folder of the image archives and the cache")
	flags.StringVar(&builder.App, "app", filepath.Join("examples", "blog"), "folder of the sample blog")
	command.SetOut(os.Stdout)
	command.AddCommand(build(builder), program(builder), folder(builder), testBlog(builder))
	return command
}

func stateDir() string {
	if dir := os.Getenv("DJANGOSTACK_STATE"); dir != "" {
		return dir
	}
	return ".djangostack"
}

func build(builder *image.Builder) *cobra.Command {
	return &cobra.Command{
		Use:   "build [NAME...]",
		Short: "Build the images named (" + strings.Join(image.Names(), ", ") + "), or all; skip images that are current",
		RunE: func(command *cobra.Command, names []string) error {
			archives, err := builder.Build(command.Context(), names...)
			if err != nil {
				return err
			}
			for _, archive := range archives {
				report(command, archive)
			}
			return nil
		},
	}
}

// report prints the name of an image and the file of its archive.
func report(command *cobra.Command, archive image.Archive) {
	state := "unchanged"
	if archive.Fresh {
		state = "built"
	}
	command.Printf("%-9s  %s  %s\n", state, archive.Tag, archive.File)
}

func program(builder *image.Builder) *cobra.Command {
	return &cobra.Command{
		Use:   "program FILE...",
		Short: "Build an image from each program that needs no other file, or from each folder of such programs",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, files []string) error {
			for _, file := range files {
				archive, err := builder.Program(file)
				if err != nil {
					return fmt.Errorf("building an image from %s: %w", file, err)
				}
				report(command, archive)
			}
			return nil
		},
	}
}

func folder(builder *image.Builder) *cobra.Command {
	return &cobra.Command{
		Use:   "folder FOLDER [-- COMMAND...]",
		Short: "Build an image from the folder of an app, with the command of the image",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, words []string) error {
			archive, err := builder.Folder(command.Context(), words[0], words[1:]...)
			if err != nil {
				return fmt.Errorf("building an image from %s: %w", words[0], err)
			}
			report(command, archive)
			return nil
		},
	}
}

func testBlog(builder *image.Builder) *cobra.Command {
	return &cobra.Command{
		Use:   "test-blog",
		Short: "Run the blog's tests inside the images of both releases",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			archives, err := builder.Build(command.Context(), "blog-orange", "blog-maroon")
			if err != nil {
				return err
			}
			for _, archive := range archives {
				run := image.Run{
					Command: []string{"python", "manage.py", "test", "--no-input"},
					Stdout:  command.OutOrStdout(),
					Stderr:  command.ErrOrStderr(),
				}
				if err := builder.Run(command.Context(), archive, run); err != nil {
					return fmt.Errorf("testing %s: %w", archive.Tag, err)
				}
			}
			return nil
		},
	}
}
