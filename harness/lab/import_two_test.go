package lab_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
)

// phone is a handset of which print-outs were handed over.
type phone struct{ serial, brand, model, device, build, more string }

// locked is what a handset prints whose boot loader is.
const locked = "[ro.boot.flash.locked]: [1]\n[ro.boot.verifiedbootstate]: [green]\n[ro.build.tags]: [release-keys]\n" +
	"[ro.build.type]: [user]\n[ro.debuggable]: [0]\n[ro.secure]: [1]\n"

var phones = map[string]phone{
	"one":                  {"A1", "Acme", "One", "one", "AAA.1", ""},
	"another maker's":      {"B2", "Bravo", "Two", "two", "BBB.1", locked},
	"another model":        {"", "Acme", "Two", "two", "AAA.1", locked},
	"another of its model": {"A2", "Acme", "One", "one", "AAA.1", locked},
}

func (p phone) fingerprint() string {
	return fmt.Sprintf("%s/%s/%s:11/%s/1:user/release-keys", p.brand, p.device, p.device, p.build)
}

func (p phone) getprop() string {
	return fmt.Sprintf("[ro.build.fingerprint]: [%s]\n[ro.build.version.release]: [11]\n[ro.build.version.sdk]: [30]\n"+
		"[ro.odm.build.fingerprint]: [qti/qssi/qssi:11/x/1:user/release-keys]\n"+
		"[ro.product.brand]: [%s]\n[ro.product.device]: [%s]\n[ro.product.model]: [%s]\n[ro.serialno]: [%s]\n%s"+
		"[ro.zygote]: [zygote64]\n[selinux.restorecon_recursive]: [/data]\n",
		p.fingerprint(), p.brand, p.device, p.model, p.serial, p.more)
}

func (p phone) image() string {
	return fmt.Sprintf("ro.build.fingerprint=%s\nro.product.model=%s\nro.product.device=%s\n", p.fingerprint(), p.model, p.device)
}

func (p phone) report() string {
	text := breached[strings.Index(breached, "------ DUMPSYS"):]
	return "========================================================\n== dumpstate: 2026-09-01 10:11:12\n" +
		"========================================================\n\nBuild: x\nBuild fingerprint: '" + p.fingerprint() + "'\n\n" +
		"------ SYSTEM PROPERTIES (getprop) ------\n" + p.getprop() + "------ 0.212s was the duration of 'SYSTEM PROPERTIES' ------\n" + text
}

// mixes are the ways in which print-outs of two handsets come in one path.
var mixes = map[string]func(a, b phone) map[string]string{
	"two properties": func(a, b phone) map[string]string {
		return in("getprop.txt", a.getprop(), "getprop_2.txt", b.getprop())
	},
	"two reports": func(a, b phone) map[string]string {
		return in("bugreport-a.txt", a.report(), "bugreport-b.txt", b.report())
	},
	"properties beside a report": func(a, b phone) map[string]string { return in("bugreport.txt", b.report(), "getprop.txt", a.getprop()) },
	"a report behind another":    func(a, b phone) map[string]string { return in("bugreport.txt", a.report()+b.report()) },
	"properties behind others":   func(a, b phone) map[string]string { return in("getprop.txt", a.getprop()+b.getprop()) },
	"a report without its first lines": func(a, b phone) map[string]string {
		return in("bugreport.txt", a.report()+strings.SplitAfterN(b.report(), "\n\n", 3)[2])
	},
	"properties of another in a report": func(a, b phone) map[string]string {
		return in("bugreport.txt", strings.Replace(a.report(), a.getprop(), b.getprop(), 1))
	},
	"with a dump of nobody's": func(a, b phone) map[string]string {
		return in("getprop.txt", a.getprop(), "getprop_2.txt", b.getprop(), "dumpsys_appops.txt", "Current AppOps Service state:\n")
	},
	"another's build.prop": func(a, b phone) map[string]string {
		return in("build.prop", a.image(), "getprop.txt", b.getprop())
	},
	"a folded one": func(a, b phone) map[string]string {
		return in("getprop.txt", a.getprop(), "getprop_2.txt.gz", folded(b.getprop()))
	},
}

func in(nameAndText ...string) map[string]string {
	files := map[string]string{}
	for i := 0; i < len(nameAndText); i += 2 {
		files[nameAndText[i]] = nameAndText[i+1]
	}
	return files
}

func folded(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// handed imports a folder of files, and gives what was judged and told.
func handed(t *testing.T, files map[string]string) (j finding.Judgement, told []string, err error) {
	t.Helper()
	dir := t.TempDir()
	from := filepath.Join(dir, "in")
	require.NoError(t, os.Mkdir(from, 0o700))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(from, name), []byte(text), 0o600))
	}
	run := filepath.Join(dir, "run")
	err = lab.Import(run, lab.Imports{Name: "x", Paths: []string{from}, Left: func(_, why string) { told = append(told, why) }})
	if err == nil {
		j, err = judge.Run(run)
		require.NoError(t, err)
		require.Len(t, j.Models, 1)
	}
	return j, told, err
}

// TestPrintOutsOfTwoHandsetsAreNeverMixed puts those of each pair of handsets into one
// path in each way: what is judged is the first's, what is the other's is told with
// what to do, and nothing is Clear that is not of the first alone.
func TestPrintOutsOfTwoHandsetsAreNeverMixed(t *testing.T) {
	const remedy = "a run of its own"
	first := phones["one"]
	alone, told, err := handed(t, in("bugreport.txt", first.report()))
	require.NoError(t, err)
	require.Empty(t, told)
	for name, other := range phones {
		if name == "one" {
			continue
		}
		for form, mix := range mixes {
			if name == "another of its model" && (form == "properties of another in a report" || form == "another's build.prop") {
				continue // a header, and an image, have no serial: nothing names the other
			}
			t.Run(form+"/"+name, func(t *testing.T) {
				j, told, err := handed(t, mix(first, other))
				if err != nil {
					assert.ErrorContains(t, err, remedy)
					return
				}
				assert.Contains(t, strings.Join(told, "\n"), remedy)
				var kept []string
				for _, c := range j.Coverage {
					kept = append(kept, c.Reason)
				}
				assert.Contains(t, strings.Join(kept, "\n"), remedy)
				assert.Equal(t, first.model, j.Models[0].Model)
				for rule, c := range j.Models[0].Cells {
					if c.Verdict == finding.Clear {
						assert.Equal(t, finding.Clear, alone.Models[0].Cells[rule].Verdict, rule)
					}
				}
			})
		}
	}
}

// TestPrintOutsOfOneHandsetAreTakenTogether has those of a handset before and after
// its update, of which each names images of several partitions.
func TestPrintOutsOfOneHandsetAreTakenTogether(t *testing.T) {
	before := phones["one"]
	after := before
	after.build, after.more = "AAA.2", "[ro.system.build.fingerprint]: [qti/qssi_64/qssi_64:11/y/2:user/release-keys]\n"
	for form, files := range map[string]map[string]string{
		"before and after":    mixes["two properties"](before, after),
		"a folded one":        mixes["a folded one"](before, after),
		"two reports":         mixes["two reports"](before, after),
		"with its build.prop": in("getprop.txt", before.getprop(), "build.prop", "ro.product.model=One\nro.product.brand=acme\n"),
		"with an image that several models share": in("build.prop", "ro.product.model=generic\nro.product.brand=qti\nro.product.device=one\n",
			"getprop.txt", before.getprop()),
	} {
		t.Run(form, func(t *testing.T) {
			j, told, err := handed(t, files)
			require.NoError(t, err)
			assert.Empty(t, told)
			assert.Equal(t, "One", j.Models[0].Model)
		})
	}
}
