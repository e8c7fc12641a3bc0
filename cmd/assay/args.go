package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/strict"
)

// noArgs refuses arguments, where a command takes none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Errorf("%s takes no argument, and here is %q; '%s --help' lists its flags", name(c), args[0], c.CommandPath()))
}

// name is a command's, as it is called after assay.
func name(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), "assay ") }

// serials wants so many serials; 0: one or more.
func serials(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if n > 0 && len(args) == n || n == 0 && len(args) > 0 {
			return nil
		}
		return usage(fmt.Errorf("%s wants the serial of a handset, and here are %d: assay %s %s", name(c), len(args),
			name(c), strings.TrimPrefix(c.Use, c.Name()+" ")))
	}
}

// below has a command that only leads to others refuse what is none of them.
func below(c *cobra.Command) {
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return usage(noCommand(c, args[0]))
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
}

// noCommand says that there is no such command under c.
func noCommand(c *cobra.Command, word string) error {
	var there []string
	for _, b := range c.Commands() {
		if b.IsAvailableCommand() {
			there = append(there, b.Name())
		}
	}
	return fmt.Errorf("%s has no command %q%s; there are: %s", c.CommandPath(), word, strict.Meant(word, there), strings.Join(there, ", "))
}

// helpCommand is cobra's help, but for a command that is not there.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Say what a command does, and which flags it takes",
		RunE: func(c *cobra.Command, args []string) error {
			found, rest, err := c.Root().Find(args)
			if err != nil || found == nil {
				return usage(noCommand(c.Root(), args[0]))
			}
			if len(rest) > 0 && found.HasSubCommands() {
				return usage(noCommand(found, rest[0]))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			found, _, err := c.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var words []string
			for _, b := range found.Commands() {
				if b.IsAvailableCommand() {
					words = append(words, b.Name())
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// flagError says what is wrong with a flag, and what was meant.
func flagError(c *cobra.Command, err error) error {
	hint := ""
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		hint = ": " + takes(value.GetFlag())
		err = fmt.Errorf("--%s %q", value.GetFlag().Name, value.GetValue())
	}
	return usage(fmt.Errorf("%w%s%s\nRun '%s --help' for its flags", err, hint, meantFlag(c, err), c.CommandPath()))
}

// meantFlag suggests the flag that was meant where one is unknown.
func meantFlag(c *cobra.Command, err error) string {
	_, word, unknown := strings.Cut(err.Error(), "unknown flag: ")
	if !unknown {
		return ""
	}
	var there []string
	c.Flags().VisitAll(func(f *pflag.Flag) { there = append(there, "--"+f.Name) })
	return strict.Meant(word, there)
}
