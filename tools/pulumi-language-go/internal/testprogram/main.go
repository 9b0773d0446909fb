// Command testprogram is what the language host runs in its tests.
package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	if os.Getenv("PROGRAM_LEAVES_WITHOUT_A_WORD") != "" {
		os.Exit(3)
	}
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	if settings.GetBool("broken") {
		return errors.New("the settings are broken")
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	ctx.Export("who", pulumi.String(ctx.Organization()+"/"+ctx.Project()+"/"+ctx.Stack()))
	ctx.Export("greeting", pulumi.String(settings.Require("greeting")))
	ctx.Export("password", settings.RequireSecret("password"))
	ctx.Export("passwordIsSecret", pulumi.Bool(ctx.IsConfigSecret(ctx.Project()+":password")))
	ctx.Export("dir", pulumi.String(filepath.Base(dir)))
	return nil
}
