package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/djangostack/djangostack/stacks/spec"
)

// question is a question that a flag can answer in advance.
type question struct {
	flag, text, suggestion string
	answer                 *string
	// mistake says what is wrong with the answer; empty for nothing.
	mistake func() string
}

// ask completes the answers from the terminal, or with the suggestions if yes is true.
func (a *app) ask(options *initOptions, dir string) error {
	input := bufio.NewReader(strings.NewReader(""))
	if !options.yes {
		if err := a.canAsk(options); err != nil {
			return err
		}
		input = bufio.NewReader(a.Stdin)
	}
	if err := a.askFrom(input, options, dir); err != nil {
		return err
	}
	if wrong := wrongCloud(options.Cloud); wrong != "" {
		return usage("--cloud %s %s", options.Cloud, wrong)
	}
	return nil
}

// askFrom asks in an order in which a suggestion can follow from the answers before it.
func (a *app) askFrom(input *bufio.Reader, options *initOptions, dir string) error {
	at := func(path string) func() string {
		return func() string { return mistakeAt(path, *options) }
	}
	for _, next := range []func() question{
		func() question {
			return question{"app", "Name of the app", appName(filepath.Base(dir)), &options.App, at("app.name")}
		},
		func() question {
			return question{"image", "Image of the app", suggestedImage(*options), &options.Image, at("app.image")}
		},
		func() question {
			return question{"cloud", "Cloud: aws, gcp, or none for an existing cluster", string(spec.NoCloud), &options.Cloud, func() string { return wrongCloud(options.Cloud) }}
		},
		func() question {
			return question{"url", "URL of the app", suggestedURL(*options), &options.URL, at("app.url")}
		},
	} {
		if err := a.answer(next(), input, options.yes); err != nil {
			return err
		}
	}
	return nil
}

// canAsk fails if answers are missing and stdin is not a terminal.
func (a *app) canAsk(options *initOptions) error {
	if options.App != "" && options.Image != "" && options.Cloud != "" && options.URL != "" {
		return nil
	}
	if a.Stdin == nil || !term.IsTerminal(int(a.Stdin.Fd())) {
		return usage("stdin is not a terminal: set --app, --image, --cloud and --url, or --yes")
	}
	return nil
}

// answer asks until the answer is not wrong. That of a flag is checked with the whole file.
func (a *app) answer(q question, input *bufio.Reader, yes bool) error {
	if *q.answer != "" {
		return nil
	}
	if yes {
		*q.answer = q.suggestion
		return nil
	}
	for {
		if _, err := fmt.Fprintf(a.Stderr, "%s [%s]: ", q.text, q.suggestion); err != nil {
			return err
		}
		line, err := input.ReadString('\n')
		if err != nil {
			return usage("reading --%s: %w", q.flag, err)
		}
		*q.answer = cmp.Or(strings.TrimSpace(line), q.suggestion)
		wrong := q.mistake()
		if wrong == "" {
			return nil
		}
		if _, err := fmt.Fprintf(a.Stderr, "  %s %s\n", *q.answer, wrong); err != nil {
			return err
		}
	}
}

// wrongCloud says which clouds there are, if the answer is none of them.
func wrongCloud(cloud string) string {
	clouds := []string{string(spec.AWSCloud), string(spec.GCPCloud), string(spec.NoCloud)}
	if slices.Contains(clouds, cloud) {
		return ""
	}
	return "must be one of " + strings.Join(clouds, ", ")
}

// mistakeAt returns what is wrong with the answer that becomes the field at path, and nothing if it is right. It takes the
// suggestions for answers that are not given yet.
func mistakeAt(path string, options initOptions) string {
	options.Cloud = cmp.Or(options.Cloud, string(spec.NoCloud))
	options.Image = cmp.Or(options.Image, suggestedImage(options))
	options.URL = cmp.Or(options.URL, suggestedURL(options))
	text, err := firstFile(options, defaultProject)
	if err == nil {
		err = validFirstFile(text, defaultProject, options.Tier)
	}
	var problems spec.Problems
	errors.As(err, &problems)
	for _, problem := range problems {
		if problem.Path == path {
			return problem.Allowed
		}
	}
	return ""
}
