package persona

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBadPersonaIsToldWithFileLineAndCaret(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", "brand: Maker\nidentity:\n  serail: X\n", "p.yaml:3:3: unknown key \"serail\"; did you mean \"serial\"?\n    serail: X\n    ^"},
		{"wrong type", "brand: Maker\nsdk: thirty\n", "p.yaml:2:6: here is the word \"thirty\"; give a whole number"},
		{"no YAML at all", "brand: [\n", "p.yaml:1:8: "},
		{"wrong type below", "packages:\n  - name: a.b\n    path: /system/app/A/A.apk\n    requests: {CAMERA: yes}\n", "p.yaml:4:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load("p.yaml", []byte(c.text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.Contains(t, err.Error(), "^", "a caret shows the place")
		})
	}
}

func TestPersonaThatCannotBeIsToldAllAtOnce(t *testing.T) {
	text := `
release: "9"
sdk: 30
identity: {serial: X, imei: "490154203237519", clock: yesterday, zone: Asia/Kolkata, mac: AA, android_id: xyz, imsi: "1", boot_id: b}
settings: {sekure: {a: b}}
battery: {level: 140}
packages:
  - {name: a.b, path: /system/app/A/A.apk, runtime: {CAMERA: [SYSTEM_FIXD]}}
  - {name: a.b, path: /system/app/A/A.apk}
  - {name: c.d, path: app/C.apk}
specimens:
  - {app: specimen.wether, manner: well-behaved}
  - {app: specimen.weather, manner: background-locaton}
`
	_, err := Load("p.yaml", []byte(text))
	require.Error(t, err)
	for _, want := range []string{
		`release "9" does not go with sdk 30 (Android 11)`,
		"is not 15 digits with a Luhn check digit",
		`clock "yesterday"`, `mac "AA"`, `android_id "xyz"`, `imsi "1"`, `boot_id "b"`,
		`no namespace "sekure"`, "level 140",
		`unknown permission flag "SYSTEM_FIXD"; did you mean "SYSTEM_FIXED"?`,
		"a.b stands twice", "c.d has no absolute path",
		`no app "specimen.wether"; did you mean "specimen.weather"?`,
		`no manner "background-locaton"; did you mean "background-location"?`,
	} {
		assert.Contains(t, err.Error(), want)
	}
	for _, place := range []string{"p.yaml:2:10: release", "p.yaml:9:12: packages", "p.yaml:13:37: specimens"} {
		assert.Contains(t, err.Error(), place)
	}
	for line := range strings.Lines(err.Error()) {
		assert.Regexp(t, `^(p\.yaml:\d+:\d+: |  )`, line, "a place, the line that stands there, or a caret")
	}
}

func TestEachSpecimenLoadsAndBehavesWellInOneManner(t *testing.T) {
	apps, err := Specimens()
	require.NoError(t, err)
	require.Len(t, apps, 9)
	for name, a := range apps {
		require.Contains(t, a.Manners, "well-behaved", name)
		assert.NotEmpty(t, a.Label, name)
		assert.Contains(t, []bool{strings.HasPrefix(a.Path, "/system/priv-app/"), strings.HasPrefix(a.Path, "/product/")}, true, name)
	}
}

func TestBadSpecimenIsRefused(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"two deeds in a step", "package: specimen.x\nmanners: {well-behaved: {launch: [{use: {op: CAMERA}, wait: 1s}]}}\n", "sets 2 of"},
		{"no deed", "package: specimen.x\nmanners: {well-behaved: {launch: [{}]}}\n", "sets 0 of"},
		{"unknown op", "package: specimen.x\nmanners: {well-behaved: {launch: [{use: {op: CAMRA}}]}}\n", `unknown op "CAMRA"`},
		{"bad op in a branch", "package: specimen.x\nmanners: {well-behaved: {launch: [{ask: {permission: CAMERA, refused: [{use: {op: X}}]}}]}}\n", `unknown op "X"`},
		{"too often", "package: specimen.x\nmanners: {well-behaved: {idle: [{every: 1ms, do: [{use: {op: CAMERA}}]}]}}\n", "less than a second"},
		{"not so named", "package: specimen.y\nmanners: {well-behaved: {}}\n", `want "specimen.x"`},
		{"nothing but bad manners", "package: specimen.x\nmanners: {rude: {}}\n", "no manner well-behaved"},
		{"no duration", "package: specimen.x\nmanners: {well-behaved: {launch: [{wait: soon}]}}\n", "want a form such as 15m"},
		{"a job too often", "package: specimen.x\nmanners: {well-behaved: {idle: [{every: 2m, by: job, do: [{use: {op: CAMERA}}]}]}}\n", "more often than each 15 minutes"},
		{"an hour that nobody rings", "package: specimen.x\nmanners: {well-behaved: {idle: [{every: 2h, do: [{use: {op: CAMERA}}]}]}}\n", "want alarm or job"},
		{"a maker's app as helper", "package: specimen.x\nmanners: {well-behaved: {launch: [{use: {op: CAMERA, through: com.maker.x}}]}}\n", "which is no specimen"},
		{"a service for no time", "package: specimen.x\nmanners: {well-behaved: {launch: [{serve: {class: .S}}]}}\n", "for no time"},
		{"a maker's key", "package: specimen.x\nmanners: {well-behaved: {signer: maker}}\n", "want platform"},
		{"unknown key", "package: specimen.x\nlable: X\n", `did you mean "label"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadSpecimen("specimen.x.yaml", []byte(c.text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
}
