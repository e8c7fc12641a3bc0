package collect

import "bytes"

// permissionXML asks for the lists by which the image gives permissions to its own
// packages and frees them from limits, as SystemConfig and
// DefaultPermissionGrantPolicy read them: one file below each "@@ file PATH". What
// may not be read says so in its place. Left out are the folders for one SKU and
// those of APEX modules.
var permissionXML = Collector{
	Name:  "permission-xml",
	When:  Baseline,
	Limit: 32 << 20,
	Forms: []Form{{Script: `for d in /system /system_ext /product /vendor /odm; do for k in permissions default-permissions sysconfig; do ` +
		`echo "@@ dir $d/etc/$k"; ls "$d/etc/$k" 2>&1 > /dev/null; ` +
		`for f in "$d/etc/$k"/*.xml; do [ "$f" = "$d/etc/$k/*.xml" ] || { echo "@@ file $f"; cat "$f" 2>&1; echo; }; done; done; done; echo "@@ end"`}},
	Whole: func(_, tail []byte) string {
		if !bytes.HasSuffix(bytes.TrimRight(tail, "\r\n"), []byte("@@ end")) {
			return "the end of the lists is missing"
		}
		return ""
	},
}
