package android

import "strings"

// Partition is where an image keeps a package: system, system_ext, product,
// vendor, odm, apex, oem, or a maker's own; data for what was installed or
// updated later.
type Partition string

// PartitionOf reads the partition from a code path such as
// /product/priv-app/Camera. Makers' own partitions (/my_product, /prism, /cust,
// /preload …) survive under their own names; a path it cannot read is "".
func PartitionOf(path string) Partition {
	rest, ok := strings.CutPrefix(path, "/")
	if !ok {
		return ""
	}
	first, rest, _ := strings.Cut(rest, "/")
	second, _, _ := strings.Cut(rest, "/")
	if first == "system" {
		switch second {
		case "system_ext", "product", "vendor", "odm":
			return Partition(second)
		}
	}
	return Partition(first)
}

// Preinstalled says whether a package with this code path came with the image.
func (p Partition) Preinstalled() bool { return p != "" && p != "data" && p != "mnt" && p != "storage" }
