package phone

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// archives puts an APK where each package has one. It is an archive that names the
// package and holds nothing else: no maker's APK is here.
func (h *Handset) archives() {
	for _, p := range h.State.Order {
		content := archive(p.Name, p.Version, p.Code)
		h.files.Plant(p.Path, 0o644, content)
		h.files.Plant(p.APKPath(), 0o644, content)
	}
}

// archive is a zip, the same each time for the same package.
func archive(name, version string, code int64) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if w, err := z.CreateHeader(&zip.FileHeader{Name: "META-INF/virtual.txt", Method: zip.Store}); err == nil {
		fmt.Fprintf(w, "package: %s\nversion: %s\ncode: %d\n", name, version, code) // a Buffer takes all
	}
	z.Close()
	return b.Bytes()
}

// buildProp puts the image's properties where init reads them. The shell may read
// them up to Android 7 (build/make, tools/fs_config: 0600 since 8).
func (h *Handset) buildProp() {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(h.persona.Properties)) {
		if strings.HasPrefix(name, "ro.build.") || strings.HasPrefix(name, "ro.product.") {
			fmt.Fprintf(&b, "%s=%s\n", name, h.persona.Properties[name])
		}
	}
	mode := uint32(0o644)
	if h.persona.SDK >= 26 {
		mode = 0o600
	}
	h.files.Plant("/system/build.prop", mode, b.Bytes())
}
