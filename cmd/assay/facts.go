package main

import (
	"bufio"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"assay/harness/evidence"
	"assay/harness/judge"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/strict"
)

// factSchema is the version of the facts stream; it changes when a field's
// meaning does, or one goes. assay facts --schema prints it in full.
const factSchema = 1

// factLine is one line of the facts stream. Which Fields there are hangs on Fact.
type factLine struct {
	Schema   int            `json:"schema"`
	Fact     string         `json:"fact"`
	Serial   string         `json:"serial"`
	Brand    string         `json:"brand"`
	Model    string         `json:"model"`
	Scenario string         `json:"scenario"`
	Repeat   int            `json:"repeat"`
	Source   string         `json:"source"`
	Phase    evidence.Phase `json:"phase"`
	Fields   any            `json:"fields"`
	Ref      evidence.Ref   `json:"ref"`
}

func (a *app) factsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "facts RUN | facts --schema",
		Short: "Print every observation of a run with the bytes that it was read from",
		Example: `  assay facts RUN --source dumpsys-appops --json | jq 'select(.fact=="op-use")'
  assay facts --schema > facts.schema.json`,
		RunE: func(c *cobra.Command, args []string) error {
			if a.set.GetBool("schema") && len(args) == 0 {
				return writeFactSchema(a.out)
			}
			if err := oneRun(c, args); err != nil {
				return err
			}
			source := a.set.GetString("source")
			if _, ok := observe.Find(source); source != "" && !ok {
				var there []string
				for _, p := range observe.Parsers {
					there = append(there, p.Source)
				}
				return usage(fmt.Errorf("--source %q: no such source%s; there are %v", source, strict.Meant(source, there), there))
			}
			if _, err := ledger.Read(args[0]); err != nil {
				return noRun(err)
			}
			return a.facts(args[0], source)
		},
	}
	c.Flags().String("source", "", "only this source, such as dumpsys-appops")
	c.Flags().Bool("schema", false, "print the schema of a line of --json, in JSON Schema, and nothing else")
	c.Flags().Bool("json", false, "one JSON object a line, by the published schema (default: a line to read)")
	return c
}

func (a *app) facts(dir, source string) error {
	to, asJSON := a.out, a.set.GetBool("json")
	if asJSON {
		to = newJSONScreen(a.raw.out)
	}
	out := bufio.NewWriterSize(to, 64<<10)
	encoder := json.NewEncoder(out)
	err := judge.EachFact(dir, source, func(m evidence.Manifest, o fact.Observation) error {
		if asJSON {
			return encoder.Encode(lineOf(m, o))
		}
		fields, err := json.Marshal(fieldsOf(o.Fact))
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s %s/%s:%d %s\n", o.Fact.Kind(), o.Ref.Bundle, o.Ref.File, o.Ref.Line, fields)
		return err
	})
	if flushed := out.Flush(); flushed != nil {
		return flushed
	}
	if err != nil {
		return &status{exitInfra, err}
	}
	return nil
}

func lineOf(m evidence.Manifest, o fact.Observation) factLine {
	return factLine{Schema: factSchema, Fact: o.Fact.Kind(), Serial: string(m.Handset.Serial), Brand: m.Handset.Brand, Model: m.Handset.Model,
		Scenario: m.Scenario, Repeat: m.Repeat, Source: o.Source, Phase: o.Phase, Fields: fieldsOf(o.Fact), Ref: o.Ref}
}
