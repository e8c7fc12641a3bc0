package persona

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// personasOnce are read once: they are many, and none is changed.
var personasOnce = sync.OnceValues(All)

func allPersonas(t *testing.T) []*Persona {
	t.Helper()
	all, err := personasOnce()
	require.NoError(t, err)
	return all
}

// Each runs a subtest for every persona.
func Each(t *testing.T, check func(t *testing.T, p *Persona)) {
	t.Helper()
	for _, p := range allPersonas(t) {
		t.Run(p.Name, func(t *testing.T) { check(t, p) })
	}
}

func TestEachMakerHasOnePersona(t *testing.T) {
	var brands []string
	for _, p := range allPersonas(t) {
		brands = append(brands, p.Brand)
	}
	assert.ElementsMatch(t, []string{
		"Asus", "Gionee", "Google", "HMD", "Honor", "Huawei", "InFocus", "LYF", "Lava", "Micromax",
		"Motorola", "OPPO", "OnePlus", "Samsung", "Sony", "Xiaomi", "realme", "vivo",
	}, brands)
}

func TestAPersonaIsFoundByNameSerialAndBrandWithoutTheOthers(t *testing.T) {
	all := allPersonas(t)
	for _, p := range all {
		for _, word := range []string{p.Name, p.Identity.Serial, p.Brand, strings.ToUpper(p.Brand)} {
			var read []string
			for _, other := range all {
				text, err := personaFiles.ReadFile("personas/" + other.Name + ".yaml")
				require.NoError(t, err)
				if isCalled(text, word) {
					read = append(read, other.Name)
				}
			}
			assert.Equal(t, []string{p.Name}, read, word)
		}
	}
	first := all[0]
	for _, word := range []string{first.Name, first.Identity.Serial, first.Brand, strings.ToUpper(first.Brand)} {
		found, err := Called(word)
		require.NoError(t, err)
		assert.Equal(t, []*Persona{first}, found, word)
	}
	for _, word := range []string{"", "nobody", strings.ToLower(first.Identity.Serial)} {
		found, err := Called(word)
		require.NoError(t, err)
		assert.Empty(t, found, word)
	}
}

func TestPersonasSpreadOverTheReleases(t *testing.T) {
	have := map[int]bool{}
	for _, p := range allPersonas(t) {
		have[p.SDK] = true
	}
	// 5.1, 6.0, 7.1, 8.0, 8.1, 9, 10, 11, 12, 13, 15, 16
	assert.Equal(t, []int{22, 23, 25, 26, 27, 28, 29, 30, 31, 33, 35, 36}, slices.Sorted(maps.Keys(have)))
}

func TestPersonaSaysWhereItsFactsComeFrom(t *testing.T) {
	Each(t, func(t *testing.T, p *Persona) {
		text, err := personaFiles.ReadFile("personas/" + p.Name + ".yaml")
		require.NoError(t, err, "the file is named as the persona")
		assert.Less(t, len(text), 120<<10)
		assert.GreaterOrEqual(t, len(p.Packages), 60)
		assert.NotEmpty(t, p.About)
		assert.NotEmpty(t, p.Sources)
		assert.NotEmpty(t, p.Assumed)
		assert.Equal(t, "virtual: specimen apps' behaviour on this handset is invented", p.Properties["ro.assay.notice"])
	})
}

func TestPersonaIsPlausible(t *testing.T) {
	Each(t, func(t *testing.T, p *Persona) {
		id, props := p.Identity, p.Properties
		assert.Regexp(t, `^[0-9A-Z]{10,12}$`, id.Serial)
		assert.Equal(t, id.Serial, props["ro.serialno"])
		assert.Regexp(t, `^(35|86)[0-9]{13}$`, id.IMEI)
		assert.True(t, luhn(id.IMEI), "IMEI %s", id.IMEI)
		assert.Equal(t, id.AndroidID, p.Settings["secure"]["android_id"])
		assert.Equal(t, id.Locale, props["persist.sys.locale"])
		assert.Equal(t, id.Zone, props["persist.sys.timezone"])
		assert.Equal(t, "1", props["sys.boot_completed"])
		if id.IMSI != "" {
			assert.Regexp(t, `^40[45][0-9]{12}$`, id.IMSI)
			assert.Regexp(t, `^\+91[6-9][0-9]{9}$`, id.Number)
			assert.True(t, luhn(id.SIMSerial()), "SIM %s", id.SIMSerial())
		}
		mac, err := net.ParseMAC(id.MAC)
		require.NoError(t, err)
		assert.Zero(t, mac[0]&3, "MAC %s: unicast, and given out by the IEEE", id.MAC)

		clock, err := time.Parse(time.RFC3339, id.Clock)
		require.NoError(t, err)
		assert.WithinDuration(t, time.Date(2026, 11, 2, 2, 30, 0, 0, time.UTC), clock, 26*time.Hour)
		assert.Equal(t, p.SDK >= 29, strings.Contains(props["persist.sys.boot.reason.history"], "\n"),
			"a value of several lines from Android 10 on")
		assert.Equal(t, p.SDK < 24, props["ro.boot.verifiedbootstate"] == "")
	})
}

func TestNoTwoPersonasShareAnIdentifier(t *testing.T) {
	seen := map[string]string{}
	Each(t, func(t *testing.T, p *Persona) {
		id := p.Identity
		for _, v := range []string{id.Serial, id.IMEI, id.IMSI, id.Number, id.AndroidID, id.MAC, id.BootID, id.Clock,
			p.Properties["ro.product.model"]} {
			if v != "" {
				assert.Empty(t, seen[v], "%s", v)
				seen[v] = p.Name
			}
		}
	})
}

func TestPersonasMixManners(t *testing.T) {
	played, mild, denied, keys := map[string]bool{}, 0, 0, map[string]bool{}
	for _, p := range allPersonas(t) {
		bad := map[string]bool{}
		for _, s := range p.Specimens {
			played[s.App+" "+s.Manner] = true
			if s.Manner != "well-behaved" {
				bad[s.App] = true
			}
		}
		assert.LessOrEqual(t, len(bad), 2, p.Name)
		if len(bad) == 0 {
			mild++
		}
		denied += len(p.Denies)
		keys[p.Properties["ro.build.tags"]] = true
	}
	apps, err := Specimens()
	require.NoError(t, err)
	for _, a := range apps {
		for manner := range a.Manners {
			assert.True(t, played[a.Name+" "+manner], "no handset has %s with the manner %s", a.Name, manner)
		}
	}
	assert.GreaterOrEqual(t, mild, 6, "handsets that do nothing wrong")
	assert.Positive(t, denied, "a handset that denies a dump")
	assert.Subset(t, slices.Collect(maps.Keys(keys)), []string{"release-keys", "test-keys"})
}

// What contradicts a claim of the headline is not one maker's alone: that would
// be taken for something about that maker.
func TestEachBadMannerOfTheHeadlineIsSeveralBrands(t *testing.T) {
	brands := map[string]map[string]bool{}
	for _, p := range allPersonas(t) {
		for _, s := range p.Specimens {
			put(brands, s.Manner, p.Brand, true)
		}
	}
	for claim, manners := range map[string][]string{
		"no-access-after-consent-is-refused":       {"by-another-hand", "before-consent", "after-refusal"},
		"no-background-location":                   {"background-location"},
		"no-camera-or-microphone-without-the-user": {"microphone-in-background", "listens-on"},
		"no-clear-text-traffic":                    {"clear-text"},
		"no-identifier-in-the-log":                 {"identifier-in-log"},
		"no-sensitive-grant-unseen-by-the-user":    {"unseen-grant"},
		"preinstalled-app-can-be-disabled":         {"cannot-be-disabled"},
	} {
		of := map[string]bool{}
		for _, m := range manners {
			maps.Copy(of, brands[m])
		}
		assert.GreaterOrEqual(t, len(of), 2, "%s: %v", claim, slices.Sorted(maps.Keys(of)))
	}
}

func TestOnlySpecimensBehave(t *testing.T) {
	makers := map[string]bool{}
	Each(t, func(t *testing.T, p *Persona) {
		var apps []string
		for _, s := range p.Specimens {
			assert.Regexp(t, `^specimen\.`, s.App)
			apps = append(apps, s.App)
		}
		assert.Subset(t, apps, []string{"specimen.camera", "specimen.dialer", "specimen.browser", "specimen.weather"})
		for _, pkg := range p.Packages {
			assert.NotRegexp(t, `^specimen\.`, pkg.Name)
			makers[pkg.Name] = true
		}
	})
	entries, err := specimenFiles.ReadDir("specimens")
	require.NoError(t, err)
	name := regexp.MustCompile(`[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)+`)
	for _, e := range entries {
		text, err := specimenFiles.ReadFile("specimens/" + e.Name())
		require.NoError(t, err)
		for _, word := range name.FindAllString(string(text), -1) {
			assert.False(t, makers[word], "%s names %s, which is a maker's", e.Name(), word)
		}
	}
}

// firmware is what one published image says of its packages.
type firmware struct {
	release    string
	files      map[string]bool              // APKs, by their path on the handset
	read       map[string][]apk             // package -> its APKs that were read
	privileged map[string]map[string]bool   // package -> permissions of its allow-list
	defaults   map[string]map[string]string // package -> permission -> fixed
	properties map[string][]string          // key -> each value that a build.prop gives it
}

type apk struct {
	path, version, sharedUser string
	requests                  []string
}

func TestPersonasStateWhatTheFirmwareGives(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..", "shared", "firmware")
	index := filepath.Join(root, "INDEX.tsv")
	if _, err := os.Stat(index); err != nil {
		t.Skip("no firmware facts beside the repository: ../shared/firmware/INDEX.tsv is absent")
	}
	images := map[string]*firmware{} // by what INDEX.tsv gives of the dump's commit
	for _, row := range tsv(t, index)[1:] {
		if folder := filepath.Join(root, row[12]); len(row[11]) >= 10 {
			if _, err := os.Stat(filepath.Join(folder, "manifests.tsv")); err == nil {
				images[row[11]] = readFirmware(t, folder, row[2])
			}
		}
	}
	require.NotEmpty(t, images)

	Each(t, func(t *testing.T, p *Persona) {
		if p.Brand == "InFocus" { // no image of it is known
			for _, pkg := range p.Packages {
				assumedFrom(t, images, p, pkg)
			}
			return
		}
		main := imageOf(images, p.Sources[0])
		require.NotNil(t, main, "no image of commit in %q", p.Sources[0])
		if main.release == p.Release {
			sameProperties(t, main, p)
		} else {
			assert.Contains(t, strings.Join(p.Assumed, "\n"), "Android "+main.release, "an image of another release is told")
		}
		for _, pkg := range p.Packages {
			assert.True(t, main.files[pkg.Path], "%s: no %s in the image", pkg.Name, pkg.Path)
			sameManifest(t, images, p, pkg)
			sameGrants(t, main, p.SDK, pkg)
		}
	})
}

// assumedFrom holds a package of a handset without an image to its source: two
// images of other makers both request what it requests, or nobody knows.
func assumedFrom(t *testing.T, images map[string]*firmware, p *Persona, pkg Package) {
	t.Helper()
	require.NotEmpty(t, pkg.Source, pkg.Name)
	assert.Empty(t, pkg.Runtime, pkg.Name)
	if !strings.HasPrefix(pkg.Source, "AOSP's, by the images of") {
		assert.Empty(t, pkg.Requests, pkg.Name)
		return
	}
	agree := 0
	for commit, image := range images {
		if strings.Contains(strings.Join(p.Sources, "\n"), "commit "+commit) && slices.ContainsFunc(image.read[pkg.Name], func(a apk) bool {
			return !slices.ContainsFunc(fullPermissions(pkg.Requests), func(perm string) bool { return !slices.Contains(a.requests, perm) })
		}) {
			agree++
		}
	}
	assert.GreaterOrEqual(t, agree, 2, "%s: images that request all of it", pkg.Name)
}

func imageOf(images map[string]*firmware, source string) *firmware {
	for commit, image := range images {
		if strings.Contains(source, "commit "+commit) {
			return image
		}
	}
	return nil
}

// sameProperties holds the persona to the values that the build.prop files give.
func sameProperties(t *testing.T, image *firmware, p *Persona) {
	t.Helper()
	compared := 0
	for key, value := range p.Properties {
		if given := image.properties[key]; len(given) > 0 {
			assert.Contains(t, given, value, key)
			compared++
		}
	}
	assert.Greater(t, compared, 15)
}

// sameManifest compares a package with the APK that its facts come from: its
// main image's, another image's, or none where the APK was not read.
func sameManifest(t *testing.T, images map[string]*firmware, p *Persona, pkg Package) {
	t.Helper()
	main := imageOf(images, p.Sources[0])
	sure := func(a apk) bool { return a.path == pkg.Path }
	switch {
	case strings.HasPrefix(pkg.Source, "APK not read"):
		assert.Empty(t, pkg.Version, pkg.Name)
		assert.Empty(t, main.read[pkg.Name], "%s was read after all", pkg.Name)
		for _, perm := range pkg.Requests {
			full := FullPermission(perm)
			assert.True(t, main.privileged[pkg.Name][full] || main.defaults[pkg.Name][full] != "", "%s: nothing says that it requests %s",
				pkg.Name, perm)
		}
		return
	case strings.HasPrefix(pkg.Source, "manifest of the copy"):
		sure = func(a apk) bool { return strings.Replace(a.path, "/lib64/app/", "/app/", 1) == pkg.Path }
	case strings.HasPrefix(pkg.Source, "PBEM00"):
		main = imageOf(images, p.Sources[1])
		require.NotNil(t, main)
		assert.Empty(t, pkg.Version, "%s: another image's version is not this one's", pkg.Name)
		sure = func(a apk) bool { return path.Base(a.path) == path.Base(pkg.Path) }
	default:
		require.Empty(t, pkg.Source, pkg.Name)
	}
	i := slices.IndexFunc(main.read[pkg.Name], sure)
	if !assert.GreaterOrEqual(t, i, 0, "%s at %s was not read", pkg.Name, pkg.Path) {
		return
	}
	read := main.read[pkg.Name][i]
	if !strings.HasPrefix(pkg.Source, "PBEM00") {
		assert.Equal(t, read.version, pkg.Version, "%s: version", pkg.Name)
	}
	assert.Equal(t, read.sharedUser, pkg.SharedUser, "%s: shared user", pkg.Name)
	assert.ElementsMatch(t, read.requests, fullPermissions(pkg.Requests), "%s: requests", pkg.Name)
}

// sameGrants compares what a package holds from the first boot with the image's
// permission files, in both directions.
func sameGrants(t *testing.T, image *firmware, sdk int, pkg Package) {
	t.Helper()
	requests := fullPermissions(pkg.Requests)
	var privileged []string
	want := map[string][]string{}
	for _, perm := range requests {
		if strings.Contains(pkg.Path, "/priv-app/") && image.privileged[pkg.Name][perm] {
			privileged = append(privileged, perm)
		}
		if fixed := image.defaults[pkg.Name][perm]; fixed != "" && strings.HasPrefix(Protection(perm, sdk), "dangerous") {
			want[perm] = []string{"GRANTED_BY_DEFAULT"}
			if fixed == "true" {
				want[perm] = []string{"SYSTEM_FIXED", "GRANTED_BY_DEFAULT"}
			}
		}
	}
	assert.ElementsMatch(t, privileged, fullPermissions(pkg.Privileged), "%s: privileged", pkg.Name)
	got := map[string][]string{}
	for perm, flags := range pkg.Runtime {
		got[FullPermission(perm)] = flags
	}
	assert.Equal(t, want, got, "%s: default grants", pkg.Name)
}

func fullPermissions(names []string) []string {
	full := make([]string, 0, len(names))
	for _, n := range names {
		full = append(full, FullPermission(n))
	}
	return full
}

func readFirmware(t *testing.T, folder, release string) *firmware {
	t.Helper()
	f := &firmware{
		release: release, files: map[string]bool{}, read: map[string][]apk{}, privileged: map[string]map[string]bool{},
		defaults: map[string]map[string]string{}, properties: map[string][]string{},
	}
	list, err := os.ReadFile(filepath.Join(folder, "apps.txt"))
	require.NoError(t, err)
	nested := strings.Contains("\n"+string(list), "\nsystem/system/")
	onHandset := func(apk string) string { // a system-as-root dump holds /system as system/system
		if nested {
			apk = strings.TrimPrefix(apk, "system/")
			if !strings.HasPrefix(apk, "system/") {
				return "/" + apk
			}
		}
		return "/" + apk
	}
	for apk := range strings.Lines(string(list)) {
		f.files[onHandset(strings.TrimSpace(apk))] = true
	}
	for _, row := range tsv(t, filepath.Join(folder, "manifests.tsv"))[1:] {
		requests := map[string]bool{}
		for perm := range strings.SplitSeq(row[4], ",") {
			if strings.Contains(perm, ".") { // a persona cannot write a name without one
				requests[perm] = true
			}
		}
		f.read[row[1]] = append(f.read[row[1]], apk{onHandset(row[0]), row[2], row[3], slices.Sorted(maps.Keys(requests))})
	}
	for _, row := range tsv(t, filepath.Join(folder, "privapp.tsv")) {
		if row[2] == "permission" {
			put(f.privileged, row[0], row[1], true)
		}
	}
	for _, row := range tsv(t, filepath.Join(folder, "default-permissions.tsv")) {
		if f.defaults[row[0]][row[1]] == "" { // Android takes the first
			put(f.defaults, row[0], row[1], row[2])
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "build.prop"))
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && value != "" {
			key = strings.TrimSpace(key)
			f.properties[key] = append(f.properties[key], strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return f
}

func put[V any](m map[string]map[string]V, outer, inner string, v V) {
	if m[outer] == nil {
		m[outer] = map[string]V{}
	}
	m[outer][inner] = v
}

func tsv(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	require.NoError(t, err, fmt.Sprintf("reading %s", file))
	return rows
}
