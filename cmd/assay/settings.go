package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/lab"
	"assay/harness/strict"
	"assay/reports"
)

// prepare configures a command. Whom the flags say is told what keeps a run of the
// night from beginning.
func (a *app) prepare(c *cobra.Command, args []string) error {
	err := usage(a.configure(c.Flags()))
	if err == nil || !slices.Contains([]string{"run", "resume", "retry"}, c.Name()) {
		return err
	}
	dir := a.set.GetString("out")
	if len(args) > 0 {
		dir = args[0]
	}
	return a.notifier(dir).ended(a, lab.Summary{}, err)
}

// configure lays flags over the environment over the file. Each value goes through the
// parser of its flag, wherever it stands, and is held to what the flag takes.
func (a *app) configure(flags *pflag.FlagSet) error {
	a.set.SetEnvPrefix("ASSAY")
	a.set.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	a.set.AutomaticEnv()
	if err := a.set.BindPFlags(flags); err != nil {
		return err
	}
	file, err := a.settings()
	if err != nil {
		return err
	}
	problems := []error{a.knownKeys(file)}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" && f.Name != "version" {
			problems = append(problems, a.lay(flags, f, file))
		}
	})
	a.quieten()
	return errors.Join(problems...)
}

// settingsFile is a file of flags. Where there is none it holds nothing.
type settingsFile struct {
	name string
	raw  []byte
	all  []strict.Setting
}

// at makes a fault of one of its values.
func (s settingsFile) at(one strict.Setting, format string, args ...any) error {
	return strict.Source{File: s.name, Raw: s.raw}.At(one.Line, one.Column, format, args...)
}

// settings reads the file of flags: what --config names, or assay.yaml.
func (a *app) settings() (settingsFile, error) {
	s := settingsFile{name: a.set.GetString("config")}
	if s.name == "" {
		if _, err := os.Stat("assay.yaml"); err != nil {
			return s, nil
		}
		s.name = "assay.yaml"
	}
	var err error
	if s.raw, err = strict.ReadFile(s.name); err != nil {
		return s, fmt.Errorf("%s: %w", a.named("config"), err)
	}
	if s.all, err = strict.Settings(s.name, s.raw); err != nil {
		return s, err
	}
	values := map[string]any{} // for a command that reads what it has no flag for
	for _, one := range s.all {
		if values[one.Key] = any(one.Words); !one.List {
			values[one.Key] = one.Words[0]
		}
	}
	return s, a.set.MergeConfigMap(values)
}

// knownKeys refuses what no command has a flag for.
func (a *app) knownKeys(file settingsFile) error {
	var problems []error
	for _, one := range file.all {
		switch {
		case slices.Contains(a.flagNames, one.Key):
		case len(problems) == mostFaults:
			return errors.Join(append(problems, fmt.Errorf("%s: and more unknown keys", file.name))...)
		default:
			problems = append(problems, strict.Source{File: file.name, Raw: file.raw}.At(one.KeyLine, one.KeyColumn,
				"unknown key %q: it is no flag of any command%s", one.Key, strict.Meant(one.Key, a.flagNames)))
		}
	}
	return errors.Join(problems...)
}

// lay gives a flag that the command line does not give what the environment, or else the
// file, says, and looks whether it takes it.
func (a *app) lay(flags *pflag.FlagSet, f *pflag.Flag, file settingsFile) error {
	variable := "ASSAY_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
	at := slices.IndexFunc(file.all, func(s strict.Setting) bool { return s.Key == f.Name })
	fault := func(wrong string) error {
		return fmt.Errorf("%s %s: %s", a.named(f.Name), f.Value, wrong)
	}
	switch text := os.Getenv(variable); {
	case f.Changed:
	case text != "":
		a.from[f.Name] = variable
		if flags.Set(f.Name, text) != nil {
			return fmt.Errorf("%s %q: %s", variable, text, takes(f))
		}
	case at >= 0:
		one := file.all[at]
		a.from[f.Name] = fmt.Sprintf("%s:%d: %s", file.name, one.Line, one.Key)
		if setFrom(flags, f, one) != nil {
			return file.at(one, "%s %q: %s", one.Key, strings.Join(one.Words, ", "), takes(f))
		}
		fault = func(wrong string) error { return file.at(one, "%s %s: %s", one.Key, f.Value, wrong) }
	}
	if r, ok := ranges[f.Name]; ok {
		if n := numberOf(f); n < r.least || n > r.most {
			return fault(r.want)
		}
	}
	return nil
}

// setFrom gives a flag what a file says.
func setFrom(flags *pflag.FlagSet, f *pflag.Flag, one strict.Setting) error {
	list, takesList := f.Value.(pflag.SliceValue)
	switch {
	case !one.List:
		return flags.Set(f.Name, one.Words[0])
	case !takesList:
		return errors.New("a list")
	}
	f.Changed = true
	return list.Replace(one.Words)
}

// named is how a flag's value was given, for whoever is to mend it: the flag itself, a
// variable, or a file's line and key.
func (a *app) named(flag string) string {
	if from := a.from[flag]; from != "" {
		return from
	}
	return "--" + flag
}

// origin says in brackets where a value stands that is not on the command line.
func (a *app) origin(flag string) string {
	if from := a.from[flag]; from != "" {
		return " (" + from + ")"
	}
	return ""
}

// formats are those that --format names.
func (a *app) formats() ([]reports.Format, error) {
	formats, err := reports.SelectFormats(a.list("format"))
	if err != nil {
		return nil, fmt.Errorf("%w%s", err, a.origin("format"))
	}
	return formats, nil
}

// takes says what a flag takes.
func takes(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "duration":
		return "give a length of time, such as 90s or 5m"
	case "int":
		return "give a whole number"
	case "uint64":
		return "give a whole number, 0 or more"
	case "bool":
		return "give true or false"
	case "stringSlice":
		return "give words, with commas between them"
	}
	return "give one word"
}

// between is what a number may be; a length of time is in nanoseconds.
type between struct {
	least, most int64
	want        string
}

// mostMiB is more than any disk holds, and an int64 holds it in bytes.
const mostMiB = 1 << 30

// ranges are those of flags, by name, in every command that has one.
var ranges = map[string]between{
	"capture-limit": {0, mostMiB, "give 1 or more MiB, or 0 for each source's own"},
	"chaos-steps":   {1, math.MaxInt32, "give 1 or more"},
	"check-every":   {1, math.MaxInt32, "give 1 or more"},
	"device-ports":  {0, math.MaxUint16, "give a port up to 65535, or 0 for none"},
	"for":           {0, math.MaxInt64, "give 0 or more"},
	"held-patience": {1, math.MaxInt64, "give more than 0"},
	"import-limit":  {1, mostMiB, "give 1 MiB or more"},
	"job-limit":     {1, mostMiB, "give 1 MiB or more"},
	"jobs":          {1, math.MaxInt32, "give 1 or more"},
	"log-limit":     {1, mostMiB, "give 1 MiB or more"},
	"patience":      {1, math.MaxInt64, "give more than 0"},
	"repeat":        {1, math.MaxInt32, "give 1 or more"},
	"reserve":       {1, mostMiB, "give 1 MiB or more"},
}

// numberOf is the number that a flag has.
func numberOf(f *pflag.Flag) int64 {
	text := f.Value.String()
	if f.Value.Type() == "duration" {
		d, _ := time.ParseDuration(text)
		return int64(d)
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}
