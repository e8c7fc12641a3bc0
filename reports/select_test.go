package reports

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
)

func TestTablesAndFormatsAreChosenByName(t *testing.T) {
	t.Parallel()
	tables, err := Select([]string{"use", "Behaviour", "use"})
	require.NoError(t, err)
	assert.Equal(t, []string{"use", "behaviour"}, []string{tables[0].Name, tables[1].Name})
	assert.Len(t, tables, 2)

	formats, err := SelectFormats([]string{"md", "text", "markdown"})
	require.NoError(t, err)
	assert.Equal(t, []string{"markdown", "text"}, []string{formats[0].Name, formats[1].Name})
	assert.Len(t, formats, 2)

	tables, err = Select(nil)
	require.NoError(t, err)
	assert.Len(t, tables, len(Tables))
	formats, err = SelectFormats(nil)
	require.NoError(t, err)
	assert.Len(t, formats, len(Formats))
}

func TestANameThatIsUnknownIsAnErrorThatHelps(t *testing.T) {
	t.Parallel()
	_, err := Select([]string{"behavior"})
	assert.EqualError(t, err, `no table is called "behavior"; did you mean "behaviour"? (there are: behaviour, coverage, findings, jobs, leaks, permissions, use)`)
	_, err = SelectFormats([]string{"xyzzy"})
	assert.EqualError(t, err, `no format is called "xyzzy" (there are: csv, html, json, junit, markdown, text)`)
	_, err = Select([]string{""})
	assert.Error(t, err)
}

func TestListsAreSortedAndNameEveryFile(t *testing.T) {
	t.Parallel()
	var tables, formats []string
	for _, b := range Tables {
		tables = append(tables, "table_"+b.Name+".go")
		assert.Equal(t, b.Name, b.Build(finding.Judgement{}).Name)
		assert.NotEmpty(t, b.About)
	}
	for _, f := range Formats {
		formats = append(formats, "format_"+f.Name+".go")
	}
	for glob, listed := range map[string][]string{"table_*.go": tables, "format_*.go": formats} {
		assert.True(t, slices.IsSorted(listed))
		files, err := filepath.Glob(glob)
		require.NoError(t, err)
		files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_test.go") })
		assert.Equal(t, listed, files)
	}
}

func TestABrandsOwnReportHoldsNoOtherBrand(t *testing.T) {
	t.Parallel()
	j, err := ForBrand(sample(), []string{" MOTOROLA", "hmd"})
	require.NoError(t, err)
	assert.Len(t, j.Models, 2)
	assert.Empty(t, j.Missing)
	for _, f := range Formats {
		out := string(write(t, f.Name, sampleTables(j), Options{}))
		assert.NotContains(t, out, "Honor", f.Name)
		assert.NotContains(t, out, "lava", f.Name)
		assert.Contains(t, out, "moto e22", f.Name)
	}
	assert.Len(t, sample().Models, 3, "the judgement itself is left alone")

	j, err = ForBrand(sample(), []string{"honor"})
	require.NoError(t, err)
	assert.Len(t, j.Missing, 1, "a brand whose only handset was missing has a report too")

	j, err = ForBrand(sample(), nil)
	require.NoError(t, err)
	assert.Equal(t, sample(), j)
}

func TestABrandThatTheRunLacksIsAnErrorThatListsThoseItHas(t *testing.T) {
	t.Parallel()
	_, err := ForBrand(sample(), []string{"hmd", "motorolla"})
	assert.EqualError(t, err, `report of brand "motorolla": the run has no handset of it; did you mean "Motorola"? (it has: HMD, Honor, lava, Motorola)`)
	_, err = ForBrand(finding.Judgement{}, []string{"hmd"})
	assert.EqualError(t, err, `report of brand "hmd": the run has no handsets`)
}

func TestWriteAllMakesOneFilePerFormatAndOnePerTableOfCSV(t *testing.T) {
	t.Parallel()
	run := t.TempDir()
	dir := filepath.Join(run, "reports")
	require.NoError(t, os.Mkdir(filepath.Join(run, "m1.camera.1"), 0o755))
	formats, err := SelectFormats([]string{"text", "csv", "html"})
	require.NoError(t, err)
	tables := sampleTables(sample())
	tables[0].Rows = tables[0].Rows[2:]

	written, err := WriteAll(dir, tables, formats)
	require.NoError(t, err)
	assert.Len(t, written, 2+len(tables))
	assert.Equal(t, filepath.Join(dir, "report.txt"), written[0])
	assert.Equal(t, filepath.Join(dir, "behaviour.csv"), written[1])
	on, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, on, len(written), "nothing else is left behind")
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, string(page), `href="../m1.camera.1/after.dumpsys-appops.txt"`, "the bundle was found a folder up")

	again, err := WriteAll(dir, tables, formats)
	require.NoError(t, err)
	assert.Equal(t, written, again)
}

func TestWriteAllSaysWhereItCouldNotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err := WriteAll(file, sampleTables(sample()), Formats)
	assert.ErrorContains(t, err, "write reports: ")
	assert.ErrorContains(t, err, file)
}

func TestLinksStayInsideOfTheRun(t *testing.T) {
	t.Parallel()
	o := Options{Evidence: ".."}
	assert.Equal(t, "../b.1/a%20b.txt", linkTo(ref("b.1", "a b.txt", 1, 0, 1), o))
	assert.Equal(t, "../b.1/javascript:alert%281%29", strings.ReplaceAll(linkTo(ref("b.1", "javascript:alert(1)", 1, 0, 1), o), "%3A", ":"))
	for _, r := range []string{"../../etc/passwd", "/etc/passwd"} {
		assert.Empty(t, linkTo(ref("", r, 1, 0, 1), o), r)
	}
	assert.Empty(t, linkTo(ref("b", "f", 1, 0, 1), Options{}))
}
