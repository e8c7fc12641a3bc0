package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"golang.org/x/term"

	"assay/reports"
)

// Exit statuses, as README.md gives them.
const (
	exitOK          = 0
	exitFlagged     = 1
	exitUsage       = 2
	exitNothing     = 3
	exitIncomplete  = 4
	exitInfra       = 5
	exitInterrupted = 130
)

// status is an error that decides the exit status. A nil err has been told
// already, by the report.
type status struct {
	code int
	err  error
}

func (s *status) Error() string {
	if s.err == nil {
		return fmt.Sprintf("exit status %d", s.code)
	}
	return s.err.Error()
}

func (s *status) Unwrap() error { return s.err }

// usage makes an error the caller's, where it has no status yet.
func usage(err error) error {
	var s *status
	if err == nil || errors.As(err, &s) {
		return err
	}
	return &status{exitUsage, err}
}

// app is one invocation: where it reads, where it writes, how it is set up.
type app struct {
	in       io.Reader
	out, err io.Writer // screens: what goes there is made harmless
	raw      raw
	printed  *output      // standard output, to which all of out and of raw.out goes
	set      *viper.Viper // flags over ASSAY_* over file over default
	log      *slog.Logger
	drain    chan struct{} // closed by the first Ctrl-C

	unnamed   bool              // nobody said where the run is to stand
	flagNames []string          // of every command: what a file of flags may set
	from      map[string]string // flag -> where its value stands, if not on the command line
}

// raw is the streams themselves. Formats of reports write there, which make text
// harmless each in its own way, and progress, which draws.
type raw struct{ out, err io.Writer }

// Main runs one command and gives its exit status.
func Main(args []string, in io.Reader, stdout, stderr io.Writer) int {
	printed := &output{to: stdout}
	out, errs := newScreen(printed), newScreen(stderr)
	a := &app{in: in, out: out, err: errs, raw: raw{printed, stderr}, printed: printed, set: viper.New(), drain: make(chan struct{})}
	err := a.main(args)
	_ = out.Close() // what is left of a character
	if lost := printed.error(); lost != nil {
		tellError(errs, fmt.Errorf("%w: %w: what was printed is not whole", errLost, lost))
	}
	_ = errs.Close()
	return a.exitStatus(err)
}

// main runs the command, tells its error, and gives it.
func (a *app) main(args []string) error {
	in, out, errs := a.in, a.out, a.err
	a.log = slog.New(slog.NewTextHandler(errs, nil))
	a.from = map[string]string{}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(context.Background())
	var s *status
	switch {
	case err == nil, unread(err):
		return err
	case errors.As(err, &s):
		if s.err != nil {
			tellError(errs, s.err)
		}
		return err
	}
	tellError(errs, err)
	if strings.HasPrefix(err.Error(), "unknown command") || strings.HasPrefix(err.Error(), "unknown flag") ||
		strings.HasPrefix(err.Error(), "unknown shorthand") {
		fmt.Fprintln(errs, "Run 'assay --help' for the commands, 'assay COMMAND --help' for its flags.")
	}
	return err
}

// exitStatus is what an error of a command ends in.
func exitStatus(err error) int {
	var s *status
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &s):
		return s.code
	case errors.Is(err, syscall.EPIPE):
		return exitOK // the reader of a pipe has seen enough
	case errors.Is(err, errLost), hostFault(err):
		return exitInfra
	}
	return exitUsage
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "assay",
		Short: "Audit what preinstalled apps do with their owner's data, on a farm of Android handsets",
		Long: `assay connects over ADB to a farm of Android handsets, plays scripted scenarios
that exercise preinstalled apps, keeps what the handsets print as evidence, and
tabulates privacy behaviour per model.

Every flag may also be set by the environment (--fail-on is ASSAY_FAIL_ON) or in
a file of flags (--config, or assay.yaml in this folder); flags go first, then
the environment, then the file.

Exit status: 0 nothing flagged and coverage complete; 1 something is flagged;
2 usage or configuration; 3 nothing matched; 4 some verdict is Unknown, or a run
that is verified has not ended; 5 infrastructure failed, or evidence differs from
what was recorded; 130 interrupted.`,
		Version:           version(),
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: a.prepare,
	}
	root.PersistentFlags().String("config", "", "file that sets flags (default: assay.yaml, where there is one)")
	root.PersistentFlags().BoolP("quiet", "q", false, "no progress, only results and errors")
	root.PersistentFlags().Bool("no-color", false, "no colours (also: NO_COLOR in the environment)")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		a.devicesCommand(),
		a.doctorCommand(),
		a.explainCommand(),
		a.factsCommand(),
		a.importCommand(),
		a.judgeCommand(),
		a.lintCommand(),
		a.planCommand(),
		a.quarantineCommand(),
		a.reportCommand(),
		a.resumeCommand(),
		a.retryCommand(),
		a.runCommand(),
		a.verifyCommand(),
		a.versionCommand(),
		a.virtualCommand(),
	)
	root.SetVersionTemplate(build() + "\n")
	root.SetOut(a.out) // which the completion command keeps when it is made
	root.InitDefaultCompletionCmd()
	a.complete(root)
	for _, c := range root.Commands() {
		if c.HasSubCommands() {
			below(c)
		}
	}
	for _, c := range append(root.Commands(), root) {
		c.Flags().VisitAll(func(f *pflag.Flag) { a.flagNames = append(a.flagNames, f.Name) })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { a.flagNames = append(a.flagNames, f.Name) })
	}
	return root
}

// quieten leaves warnings alone in the log, where that is wanted.
func (a *app) quieten() {
	if a.set.GetBool("quiet") {
		a.log = slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
}

// list reads a flag that names several, by commas or repetition.
func (a *app) list(flag string) []string {
	var all []string
	for _, value := range a.set.GetStringSlice(flag) {
		for _, word := range strings.Split(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, word)
			}
		}
	}
	return all
}

// options tells formats how wide the terminal is, if there is one.
func (a *app) options() reports.Options {
	f, ok := a.printed.to.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return reports.Options{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return reports.Options{}
	}
	return reports.Options{Width: width, Color: os.Getenv("NO_COLOR") == "" && !a.set.GetBool("no-color")}
}

// interruptible gives a context for work on handsets that Ctrl-C drains the first time,
// and stops the second. A terminal that closes drains it too, however often it says so:
// the kernel and the shell both tell of it.
func (a *app) interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	return a.untilTold(ctx, "stopping: putting the handsets back as they were; Ctrl-C again stops at once",
		"stopped; the journal says what was not put back")
}

// stoppable is interruptible for work that changes nothing on a handset.
func (a *app) stoppable(ctx context.Context) (context.Context, context.CancelFunc) {
	return a.untilTold(ctx, "stopping", "stopped")
}

// untilTold says the one thing when it is told to end, and the other when it is told
// again.
func (a *app) untilTold(ctx context.Context, first, second string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	// A pipe whose reader went with the terminal is an error of writing, as any other,
	// to the end of the process; unheard, the signal would end it with the handsets as
	// they are.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		fmt.Fprintln(a.err, "\nassay: "+first)
		close(a.drain)
		for {
			select {
			case s := <-signals:
				if s == syscall.SIGHUP {
					continue
				}
				fmt.Fprintln(a.err, "assay: "+second)
				os.Exit(exitInterrupted)
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
	}
}
