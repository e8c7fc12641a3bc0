package reports

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"assay/harness/evidence"
)

// WriteAll writes the tables into dir, which it makes if need be: one file
// called report for each format, or one for each table where the format holds
// but one (behaviour.csv). Each file appears whole or not at all. It returns the
// paths that it wrote, in their order.
func WriteAll(dir string, tables []Table, formats []Format) ([]string, error) {
	err := os.MkdirAll(filepath.Dir(dir), 0o755)
	if err == nil {
		err = evidence.KeepFolder(dir) // a report holds what handsets print
	}
	if err != nil {
		return nil, fmt.Errorf("write reports: %w", err)
	}
	o := Options{Evidence: evidenceFrom(dir, tables)}
	var written []string
	for _, f := range formats {
		if !f.Split {
			path := filepath.Join(dir, "report."+f.Ext)
			if err := writeFile(path, f, tables, o); err != nil {
				return written, err
			}
			written = append(written, path)
			continue
		}
		for _, t := range tables {
			path := filepath.Join(dir, t.Name+"."+f.Ext)
			if err := writeFile(path, f, []Table{t}, o); err != nil {
				return written, err
			}
			written = append(written, path)
		}
	}
	return written, nil
}

func writeFile(path string, f Format, tables []Table, o Options) error {
	var body bytes.Buffer
	err := f.Write(&body, tables, o)
	if err == nil {
		err = evidence.WriteFile(path, body.Bytes())
	}
	if err != nil {
		return fmt.Errorf("write report %s: %w", path, err)
	}
	return nil
}

// evidenceFrom finds the run's folder from where the reports go: there, or one
// folder up. It gives "" where it is neither, and links are left out.
func evidenceFrom(dir string, tables []Table) string {
	bundle := firstBundle(tables)
	if bundle == "" || !filepath.IsLocal(filepath.FromSlash(bundle)) {
		return ""
	}
	for _, up := range []string{".", ".."} {
		_, err := os.Stat(filepath.Join(dir, up, filepath.FromSlash(bundle)))
		if err == nil {
			return up
		}
		if !errors.Is(err, os.ErrNotExist) {
			return ""
		}
	}
	return ""
}

func firstBundle(tables []Table) string {
	for _, t := range tables {
		for _, row := range t.Rows {
			for _, c := range row {
				for _, g := range c.Grounds {
					return g.Bundle
				}
			}
		}
	}
	return ""
}
