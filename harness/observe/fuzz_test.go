package observe

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"assay/harness/observe/log"
)

func FuzzCaStore(f *testing.F)              { fuzz(f, "ca-store") }
func FuzzCapabilities(f *testing.F)         { fuzz(f, "capabilities") }
func FuzzDeviceConfig(f *testing.F)         { fuzz(f, "device-config") }
func FuzzDiscreteOps(f *testing.F)          { fuzz(f, "discrete-ops") }
func FuzzDumpstate(f *testing.F)            { fuzz(f, "dumpstate") }
func FuzzDumpsysAccount(f *testing.F)       { fuzz(f, "dumpsys-account") }
func FuzzDumpsysAppops(f *testing.F)        { fuzz(f, "dumpsys-appops") }
func FuzzDumpsysAudio(f *testing.F)         { fuzz(f, "dumpsys-audio") }
func FuzzDumpsysBattery(f *testing.F)       { fuzz(f, "dumpsys-battery") }
func FuzzDumpsysConnectivity(f *testing.F)  { fuzz(f, "dumpsys-connectivity") }
func FuzzDumpsysLocation(f *testing.F)      { fuzz(f, "dumpsys-location") }
func FuzzDumpsysMediaCamera(f *testing.F)   { fuzz(f, "dumpsys-media-camera") }
func FuzzDumpsysPackage(f *testing.F)       { fuzz(f, "dumpsys-package") }
func FuzzDumpsysRole(f *testing.F)          { fuzz(f, "dumpsys-role") }
func FuzzDumpsysSensorPrivacy(f *testing.F) { fuzz(f, "dumpsys-sensor-privacy") }
func FuzzDumpsysSensorservice(f *testing.F) { fuzz(f, "dumpsys-sensorservice") }
func FuzzExportedComponents(f *testing.F)   { fuzz(f, "exported-components") }
func FuzzGetprop(f *testing.F)              { fuzz(f, "getprop") }
func FuzzIdentifiers(f *testing.F)          { fuzz(f, "identifiers") }
func FuzzLogcat(f *testing.F)               { fuzz(f, "logcat") }
func FuzzLogcatBinary(f *testing.F)         { fuzz(f, "logcat-binary") }
func FuzzLogcatStatistics(f *testing.F)     { fuzz(f, "logcat-statistics") }
func FuzzManifestReceivers(f *testing.F)    { fuzz(f, "manifest-receivers") }
func FuzzNetstats(f *testing.F)             { fuzz(f, "netstats") }
func FuzzPackageDetail(f *testing.F)        { fuzz(f, "package-detail") }
func FuzzPermissionList(f *testing.F)       { fuzz(f, "permission-list") }
func FuzzPermissionXML(f *testing.F)        { fuzz(f, "permission-xml") }
func FuzzPmListPackages(f *testing.F)       { fuzz(f, "pm-list-packages") }
func FuzzPrivappPermissions(f *testing.F)   { fuzz(f, "privapp-permissions") }
func FuzzProcNet(f *testing.F)              { fuzz(f, "proc-net") }
func FuzzPs(f *testing.F)                   { fuzz(f, "ps") }
func FuzzQtaguid(f *testing.F)              { fuzz(f, "qtaguid") }
func FuzzRoleHolders(f *testing.F)          { fuzz(f, "role-holders") }
func FuzzScreenshot(f *testing.F)           { fuzz(f, "screenshot") }
func FuzzSettings(f *testing.F)             { fuzz(f, "settings") }
func FuzzSteps(f *testing.F)                { fuzz(f, "steps") }
func FuzzTransparency(f *testing.F)         { fuzz(f, "transparency") }
func FuzzUiHierarchy(f *testing.F)          { fuzz(f, "ui-hierarchy") }

// fuzz gives a parser anything: it must not panic, must say the same twice, and
// must keep its account.
func fuzz(f *testing.F, source string) {
	for _, body := range samplesOf(f, source) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		all, r := readAll(t, source, "fuzz.bin", body)
		again, r2 := readAll(t, source, "fuzz.bin", body)
		require.Equal(t, all, again)
		require.Equal(t, r, r2)
		inside(t, kindOf(source, body), body, all, r)
	})
}

// kindOf tells a log of entries from one of lines, and a picture from a complaint.
func kindOf(source string, body []byte) string {
	if (source == "logcat" || source == "logcat-binary") && log.IsBinary(bytes.TrimPrefix(body, bom)) {
		return "fuzz.bin"
	}
	if source == "screenshot" && bytes.HasPrefix(bytes.TrimPrefix(body, bom), []byte("\x89PNG\r\n\x1a\n")) {
		return "fuzz.bin"
	}
	return "fuzz.txt"
}

// TestEveryParserIsFuzzed fails on a parser without a target: it reads the targets in
// the tests' source.
func TestEveryParserIsFuzzed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	var targets []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Fuzz") {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 2 {
					return true
				}
				if of, ok := call.Fun.(*ast.Ident); ok && of.Name == "fuzz" {
					source, err := strconv.Unquote(call.Args[1].(*ast.BasicLit).Value)
					require.NoError(t, err)
					targets = append(targets, source)
				}
				return true
			})
		}
	}
	slices.Sort(targets)
	var sources []string
	for _, p := range Parsers {
		sources = append(sources, p.Source)
	}
	require.Equal(t, sources, targets)
}
