package intake_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/intake"
)

// acquired is an acquisition as androidqf leaves it: outputs are trimmed.
var acquired = map[string]string{
	"acquisition.json":        "{\n \"uuid\": \"0\"\n}",
	"apks/specimen.apk":       "PK",
	"backup.ab":               "ANDROID BACKUP",
	"dumpsys.txt":             "Currently running services:\n  appops\n  battery\n" + dashes + "DUMP OF SERVICE appops:\nCurrent AppOps Service state:\n--------- 0.001s was the duration of dumpsys appops, ending at: 2026-11-02 08:00:02\n" + dashes + "DUMP OF SERVICE battery:\nCurrent Battery Service state:\n  level: 80\n--------- 0.001s was the duration of dumpsys battery, ending at: 2026-11-02 08:00:02",
	"files.json":              "[]",
	"getprop.txt":             "[a]: [b]",
	"logcat.txt":              "--------- beginning of main",
	"packages.json":           "[\n    {\n        \"name\": \"specimen.camera\"\n    }\n]",
	"processes.txt":           "[\n    {\n        \"pid\": 1\n    }\n]",
	"root_binaries.json":      "[]",
	"services.txt":            "Found 2 services:",
	"settings_secure.txt":     "a=b",
	"something_of_next_year":  "x",
	"tmp/data/local/tmp/left": "x",
}

var dashes = strings.Repeat("-", 79) + "\n"

func TestAnAcquisitionIsTakenInWholeOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "0a1b")
	fill(t, dir, acquired)
	path := filepath.Join(t.TempDir(), "0a1b.zip")
	write(t, path, archive(t, acquired))
	rooted := filepath.Join(t.TempDir(), "rooted.zip")
	under := map[string]string{}
	for name, text := range acquired {
		under["0a1b/"+name] = text
	}
	write(t, rooted, archive(t, under))
	for name, from := range map[string]string{"folder": dir, "zip": path, "zip of the folder": rooted} {
		t.Run(name, func(t *testing.T) {
			var s shelf
			require.NoError(t, intake.Take(from, &s))
			for source, want := range map[string]string{
				"androidqf-acquisition":   acquired["acquisition.json"],
				"androidqf-packages":      acquired["packages.json"],
				"androidqf-processes":     acquired["processes.txt"],
				"androidqf-root-binaries": "[]",
				"dumpsys-appops":          "Current AppOps Service state:\n",
				"dumpsys-battery":         "Current Battery Service state:\n  level: 80\n",
				"getprop":                 "[a]: [b]",
				"logcat":                  "--------- beginning of main",
				"service-list":            "Found 2 services:",
				"settings":                "a=b",
			} {
				got := s.of(source)
				if assert.Len(t, got, 1, source) {
					assert.Equal(t, want, got[0].body, source)
					framed := strings.HasPrefix(source, "dumpsys-") // a loose file does not say whether it is all
					assert.Equal(t, framed, got[0].coverage.State == evidence.Whole, source)
					assert.Equal(t, !framed, got[0].coverage.State == evidence.Unknown, source)
					assert.Equal(t, !framed, got[0].Trimmed, "%s: what is cut out of dumpsys.txt has its line ends", source)
				}
			}
			assert.Equal(t, "secure", s.of("settings")[0].Subject)
			var left []string
			for _, p := range s.of(intake.NotTaken) {
				left = append(left, p.Origin[0])
				assert.Equal(t, evidence.Unsupported, p.coverage.State)
				assert.Contains(t, p.coverage.Reason, p.Origin[0])
			}
			assert.Equal(t, []string{"backup.ab", "files.json", "something_of_next_year", "apks/", "tmp/"}, left)
			assert.Equal(t, "androidqf-packages", s.pieces[len(s.pieces)-1-len(left)].Source, "dumps go before lists")
		})
	}
}

func TestAnAcquisitionWithoutItsDumpTakesItsBugreport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	some := map[string]string{"getprop.txt": acquired["getprop.txt"], "packages.json": acquired["packages.json"], "bugreport.zip": string(archive(t, map[string]string{"bugreport-x.txt": report}))}
	fill(t, dir, some)
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	assert.Len(t, s.of("dumpsys-appops"), 1)
	require.Len(t, s.of("getprop"), 1, "once")
	assert.Equal(t, "[a]: [b]", s.of("getprop")[0].body)
	require.Len(t, s.of(intake.NotTaken), 1)
	assert.Equal(t, evidence.NotRun, s.of(intake.NotTaken)[0].coverage.State)

	path := filepath.Join(t.TempDir(), "x.zip")
	write(t, path, archive(t, some))
	var z shelf
	require.NoError(t, intake.Take(path, &z))
	assert.Len(t, z.of("dumpsys-appops"), 1, "also of an archive in an archive")
	require.Len(t, z.of("getprop"), 1, "once")
}

func TestHubblesResultsAreTakenIn(t *testing.T) {
	t.Parallel()
	props := "[ro.product.brand]: [acme]"
	packages := "{ \"version\": \"1.0.0\", \"totalPackages\": 0,\n\"packages\": [\n\n]\n}"
	dir := t.TempDir()
	fill(t, dir, map[string]string{
		"packages.txt":              packages,
		"preinstalled_packages.txt": packages,
		"device_properties.txt": fmt.Sprintf("{ \"version\": \"1.0.0\", \"totalDeviceProps\": 1,\n\"b64EncodedDeviceProps\": [\n{\n  \"encodedDevProps\": %q\n}\n]\n}",
			base64.StdEncoding.EncodeToString([]byte(props))),
		"certificates.txt": "{}",
	})
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	require.Len(t, s.of("getprop"), 1)
	assert.Equal(t, props, s.of("getprop")[0].body)
	assert.True(t, s.of("getprop")[0].Trimmed)
	require.Len(t, s.of("hubble-packages"), 1)
	assert.Equal(t, packages, s.of("hubble-packages")[0].body)
	assert.Len(t, s.of(intake.NotTaken), 2)

	var one shelf
	require.NoError(t, intake.Take(filepath.Join(dir, "packages.txt"), &one))
	assert.Equal(t, packages, one.of("hubble-packages")[0].body)

	for broken, why := range map[string]string{`{"b64EncodedDeviceProps": []}`: "could not run getprop", `{"b64`: "not the JSON", `{"b64EncodedDeviceProps": [{"encodedDevProps": "?"}]}`: "not the JSON"} {
		write(t, filepath.Join(dir, "device_properties.txt"), []byte(broken))
		var b shelf
		require.NoError(t, intake.Take(dir, &b))
		assert.Equal(t, evidence.Truncated, b.of("getprop")[0].coverage.State)
		assert.Contains(t, b.of("getprop")[0].coverage.Reason, why)
	}
}

func TestAListOfPackagesIsToldByHowItBegins(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"package:a.b\n": "pm-list-packages", "\xef\xbb\xbf \n{": "hubble-packages", "[": "androidqf-packages"} {
		path := filepath.Join(t.TempDir(), "packages.txt")
		write(t, path, []byte(text))
		var s shelf
		require.NoError(t, intake.Take(path, &s))
		assert.Equal(t, want, s.pieces[0].Source, "%q", text)
	}
}

func TestAScreenEndsWithItsTag(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "uiautomator_dump_1.xml")
	write(t, path, []byte("<hierarchy></hierarchy>"))
	var s shelf
	require.NoError(t, intake.Take(path, &s))
	assert.Equal(t, "ui-hierarchy", s.pieces[0].Source)
	assert.True(t, s.pieces[0].Trimmed)
}

func TestWhatIsInAFolderAndNotAFileIsNamedAndNotFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"getprop.txt": "[a]: [b]\n", "deep/getprop.txt": "[c]: [d]\n", ".hidden": "x"})
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "ps.txt")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "logcat.txt"), 0o644))
	for i := range 205 {
		write(t, filepath.Join(dir, fmt.Sprintf("note%03d", i)), nil)
	}
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	assert.Len(t, s.of("getprop"), 1)
	assert.Empty(t, s.of("ps"))
	assert.Empty(t, s.of("logcat"))
	left := s.of(intake.NotTaken)
	require.Len(t, left, 201)
	assert.Equal(t, "8 more files and folders that tell no source", left[200].coverage.Reason)
}

func TestWhatAPathMustNotBeIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fifo := filepath.Join(dir, "bugreport.txt")
	require.NoError(t, syscall.Mkfifo(fifo, 0o644))
	assert.ErrorIs(t, intake.Take(fifo, &shelf{}), intake.ErrRefused)
	assert.ErrorIs(t, intake.Readable(fifo), intake.ErrRefused)

	sealed := filepath.Join(dir, "x.zip.age")
	write(t, sealed, []byte("age-encryption.org/v1\n-> X25519"))
	assert.ErrorContains(t, intake.Take(sealed, &shelf{}), "decrypt it first")

	empty := filepath.Join(dir, "getprop.txt")
	write(t, empty, nil)
	assert.ErrorContains(t, intake.Take(empty, &shelf{}), "is empty")

	for name, entries := range map[string]map[string]string{
		"up":       {"getprop.txt": "x", "../getprop.txt": "x"},
		"absolute": {"getprop.txt": "x", "/etc/passwd": "x"},
		"windows":  {"getprop.txt": "x", `..\getprop.txt`: "x"},
	} {
		path := filepath.Join(dir, name+".zip")
		write(t, path, archive(t, entries))
		err := intake.Take(path, &shelf{})
		assert.ErrorIs(t, err, intake.ErrRefused, name)
		assert.ErrorContains(t, err, "leads out of the archive", name)
	}
}

// TestALineWithoutEndIsRefused writes a line of 65 MiB, which folds to nothing.
func TestALineWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	if testing.Short() || underRace {
		t.Skip("unfolds 65 MiB; skipped by -short and under the race detector")
	}
	dir := t.TempDir()
	line := strings.Repeat("x", 65<<20)
	loose := filepath.Join(dir, "logcat.txt")
	write(t, loose, []byte(line))
	for name, raw := range map[string][]byte{
		"bugreport.txt": []byte("== dumpstate: x\n------ SYSTEM LOG (logcat -d) ------\n" + line),
		"dumpsys.txt":   []byte("DUMP OF SERVICE appops:\n" + line),
	} {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, raw)
		var s shelf
		err := intake.Take(path, &s)
		assert.ErrorIs(t, err, intake.ErrRefused, name)
		assert.ErrorContains(t, err, "a line of more than", name)
		assert.Equal(t, evidence.Truncated, s.pieces[len(s.pieces)-1].coverage.State, name)
	}
	assert.ErrorIs(t, intake.Take(loose, &shelf{}), intake.ErrRefused)
	assert.ErrorIs(t, intake.Take(dir, &shelf{}), intake.ErrRefused, "a folder of nothing else")
	write(t, filepath.Join(dir, "ps.txt"), []byte("PID\n"))
	var s shelf
	require.NoError(t, intake.Take(dir, &s), "in a folder it is one file's coverage")
	assert.Equal(t, evidence.Truncated, s.pieces[0].coverage.State)
	assert.Contains(t, s.pieces[0].coverage.Reason, "a line of more than")
}

func TestABombInAnAcquisitionIsItsFilesCoverage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.zip")
	write(t, path, archive(t, map[string]string{"getprop.txt": "[a]: [b]", "logcat.txt": strings.Repeat("\n", 80<<20)}))
	var s shelf
	require.NoError(t, intake.Take(path, &s))
	assert.Equal(t, evidence.Unknown, s.of("getprop")[0].coverage.State)
	assert.Equal(t, evidence.Truncated, s.of("logcat")[0].coverage.State)
	assert.Contains(t, s.of("logcat")[0].coverage.Reason, "would unfold")
	assert.Empty(t, s.of("logcat")[0].body)
}

func TestSectionsOfActivityAreSourcesOfTheirOwn(t *testing.T) {
	t.Parallel()
	text := "== dumpstate: x\n------ DUMPSYS (dumpsys) ------\n" + dashes + "DUMP OF SERVICE activity:\n" +
		"ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)\n  Registered Receivers:\n" + dashes +
		"ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 active services:\n  ACTIVITY MANAGER x (dumpsys activity y)\n" +
		"--------- 0.5s was the duration of dumpsys activity, ending at: x\n" +
		"------ CHECKIN PACKAGE (/system/bin/dumpsys -T 30000 package --checkin) ------\npkg,a\n------ 0.1s was the duration of 'CHECKIN PACKAGE' ------\n" +
		"ACTIVITY MANAGER SERVICES (dumpsys activity services)\nno service's\n"
	var s shelf
	require.NoError(t, intake.Bugreport("b", strings.NewReader(text), &s))
	assert.Equal(t, "ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)\n  Registered Receivers:\n", s.of("dumpsys-activity-broadcast-state")[0].body)
	assert.Equal(t, "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 active services:\n  ACTIVITY MANAGER x (dumpsys activity y)\n", s.of("dumpsys-activity-services")[0].body)
	assert.Empty(t, s.of("dumpsys-activity"), "its sections stand for it")
	assert.Equal(t, "pkg,a\n", s.of("dumpsys-package-checkin")[0].body)
	for _, p := range s.pieces {
		assert.NotContains(t, p.body, "no service's", p.Source)
	}
}

func TestADumpOfActivityAloneIsTakenByItsParts(t *testing.T) {
	t.Parallel()
	broadcasts := "ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)\n  Registered Receivers:\n"
	services := "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 active services:\n"
	dir := t.TempDir()
	fill(t, dir, map[string]string{"dumpsys_activity.txt": broadcasts + dashes + services})
	var s shelf
	require.NoError(t, intake.Take(filepath.Join(dir, "dumpsys_activity.txt"), &s))
	require.Len(t, s.pieces, 2)
	assert.Equal(t, broadcasts, s.of("dumpsys-activity-broadcast-state")[0].body)
	assert.Equal(t, services, s.of("dumpsys-activity-services")[0].body)
	for _, p := range s.pieces {
		assert.Equal(t, evidence.Whole, p.coverage.State, p.Source)
	}

	fill(t, dir, map[string]string{"dumpsys_activity_services.txt": services, "dumpsys_activity_2.txt": "Error dumping service info: (activity) failed\n"})
	var beside shelf
	require.NoError(t, intake.Take(dir, &beside))
	assert.Len(t, beside.of("dumpsys-activity-services"), 1, "its file goes before the part")
	assert.Len(t, beside.of("dumpsys-activity-broadcast-state"), 1)
	require.Len(t, beside.of(intake.NotTaken), 1)
	assert.Equal(t, evidence.NotRun, beside.of(intake.NotTaken)[0].coverage.State)
	assert.Contains(t, beside.of("dumpsys-activity")[0].body, "failed", "what stands before the first part is not lost")
}

func TestSettingsAreToldByTheirNamespace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"settings_global.txt": "a=b\n", "settings_list_secure.txt": "a=b\n", "settings_list_system_2.txt.gz": "a=b\n"})
	var s shelf
	require.NoError(t, intake.Take(dir, &s))
	var subjects []string
	for _, p := range s.of("settings") {
		subjects = append(subjects, p.Subject)
	}
	assert.Equal(t, []string{"global", "secure", "system"}, subjects)
}

// TestSplittingDoesNotDependOnHowTheTextComes gives the splitter every size of
// piece that a reader may return.
func TestSplittingDoesNotDependOnHowTheTextComes(t *testing.T) {
	t.Parallel()
	long := strings.ReplaceAll(report, "size\n", strings.Repeat("y", 300<<10)+"\nsize\n")
	var want shelf
	require.NoError(t, intake.Bugreport("b", strings.NewReader(long), &want))
	for _, size := range []int{1, 2, 3, 7, 79, 80, 511, 512, 513, 4096} {
		var got shelf
		require.NoError(t, intake.Bugreport("b", &crumbs{strings.NewReader(long), size}, &got))
		assert.Equal(t, want.pieces, got.pieces, "%d bytes at a time", size)
	}
}

// crumbs reads a few bytes at a time.
type crumbs struct {
	in   *strings.Reader
	size int
}

func (c *crumbs) Read(p []byte) (int, error) { return c.in.Read(p[:min(len(p), c.size)]) }

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		write(t, path, bytes.Clone([]byte(text)))
	}
}
