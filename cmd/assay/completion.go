package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/printout"
	"assay/harness/scenario"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
	"assay/reports"
)

// vocabulary gives the words that a flag or an argument takes, for the shell's
// completion. What cannot be read gives none: whoever completes is told nothing.
type vocabulary func(a *app, args []string) []string

// vocabularies are those of flags, by name, in every command that has one.
var vocabularies = map[string]vocabulary{
	"brand":           brandWords,
	"fail-on":         fixed(failOnWords...),
	"fail-on-unknown": fixed(failOnUnknownWords...),
	"fault":           (*app).faultWords,
	"fold":            fixed(reports.Folds...),
	"format":          named(reports.Formats, func(f reports.Format) string { return f.Name }),
	"model":           inventoryWords(modelsIn),
	"only":            fixed(string(lab.Infra), string(lab.Flagged), string(lab.Unknown), string(lab.NotRun)),
	"persona":         personaWords,
	"scenario":        scenarioWords,
	"serial":          inventoryWords(serialsIn),
	"source":          named(observe.Parsers, func(p printout.Parser) string { return p.Source }),
	"suite":           suiteWords,
	"table":           named(reports.Tables, func(b reports.Builder) string { return b.Name }),
}

// Flags that name a file or a folder, and the arguments of commands. A command that is
// not among them takes a run, or nothing.
var (
	yamlFlags   = []string{"config", "devices"}
	folderFlags = []string{"history", "out", "replay", "scenarios", "state"}
	arguments   = map[string]vocabulary{
		"explain": named(finding.All, func(r finding.Rule) string { return r.ID }),
		"add":     inventoryWords(serialsIn),
		"lift":    quarantineWords,
	}
)

// complete has the shell's completion know the words of a command and of those below it.
func (a *app) complete(c *cobra.Command) {
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		switch words := vocabularies[f.Name]; {
		case f.Name == "brand" && c.Name() == "import": // any word
		case words != nil:
			_ = c.RegisterFlagCompletionFunc(f.Name, a.completing(words, f.Value.Type() == "stringSlice"))
		case slices.Contains(yamlFlags, f.Name):
			_ = c.MarkFlagFilename(f.Name, "yaml", "yml")
		case slices.Contains(folderFlags, f.Name):
			_ = c.MarkFlagDirname(f.Name)
		}
	})
	if words := arguments[c.Name()]; words != nil {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, to string) ([]string, cobra.ShellCompDirective) {
			all, _ := a.completing(words, false)(c, args, to)
			return all, cobra.ShellCompDirectiveDefault // a folder may stand there too
		}
	}
	for _, below := range c.Commands() {
		a.complete(below)
	}
}

// completing gives the words that may stand where one is begun. Of a flag that takes
// several, by commas, the last is completed.
func (a *app) completing(words vocabulary, several bool) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, to string) ([]string, cobra.ShellCompDirective) {
		if a.configure(c.Flags()) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		before := ""
		if several {
			before = to[:strings.LastIndexByte(to, ',')+1]
		}
		var all []string
		for _, w := range words(a, args) {
			if strings.HasPrefix(strings.ToLower(before+w), strings.ToLower(to)) {
				all = append(all, before+w)
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

func fixed(words ...string) vocabulary { return func(*app, []string) []string { return words } }

func named[T any](all []T, name func(T) string) vocabulary {
	var words []string
	for _, one := range all {
		words = append(words, name(one))
	}
	return fixed(words...)
}

func inventoryWords(of func(farm.Inventory) []string) vocabulary {
	return func(a *app, _ []string) []string {
		inv, err := readInventory(a.set.GetString("devices"))
		if err != nil {
			return nil
		}
		return of(inv)
	}
}

// brandWords are the brands of the run that is named, or else of the inventory.
func brandWords(a *app, args []string) []string {
	if len(args) == 0 {
		return inventoryWords(brandsIn)(a, nil)
	}
	record, err := ledger.Read(args[0])
	if err != nil {
		return nil
	}
	var inv farm.Inventory
	for _, h := range record.Handsets {
		inv.Devices = append(inv.Devices, farm.Entry{Brand: h.Brand})
	}
	return brandsIn(inv)
}

func scenarioWords(a *app, _ []string) []string {
	var words []string
	for _, s := range a.allScenarios() {
		words = append(words, s.Name)
	}
	return words
}

func (a *app) allScenarios() []scenario.Scenario {
	files, err := a.scenarioFiles()
	if err != nil {
		return nil
	}
	all, _ := scenario.Load(files, known)
	return all
}

func suiteWords(a *app, _ []string) []string {
	files, err := a.scenarioFiles()
	if err != nil {
		return nil
	}
	suites, _ := scenario.LoadSuites(files, a.allScenarios())
	var words []string
	for _, s := range suites {
		words = append(words, s.Name)
	}
	return words
}

func personaWords(*app, []string) []string {
	all, _ := persona.All()
	var words []string
	for _, p := range all {
		words = append(words, p.Name, p.Brand)
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// faultWords are each virtual handset with each fault, as --fault takes them.
func (a *app) faultWords([]string) []string {
	chosen, _ := choosePersonas(a.list("persona"))
	var words []string
	for _, p := range chosen {
		for _, f := range fault.All() {
			words = append(words, p.Identity.Serial+"="+string(f.Kind))
		}
	}
	return words
}

func quarantineWords(a *app, _ []string) []string {
	sentences, _ := a.quarantine().List()
	var words []string
	for _, s := range sentences {
		words = append(words, s.Key)
	}
	return words
}
