package phone

import (
	"bytes"
	"fmt"
)

// Mount is one line of /proc/mounts.
type Mount struct{ Device, Dir, Kind, Options string }

// Mounts are what init and vold mount on a handset (system/core/rootdir/init.rc,
// fstab; vold). The root is the system's image since Android 10; shared storage is
// FUSE's up to Android 7 and from 11, and sdcardfs's between. The system is
// read-only on a user build.
func (h *Handset) Mounts() []Mount {
	sdk := h.persona.SDK
	const label = "seclabel"
	var all []Mount
	add := func(device, dir, kind, options string) { all = append(all, Mount{device, dir, kind, options}) }
	if sdk < 29 {
		add("rootfs", "/", "rootfs", "ro,"+label)
	} else {
		add("/dev/block/dm-0", "/", "ext4", "ro,"+label+",relatime")
	}
	add("tmpfs", "/dev", "tmpfs", "rw,"+label+",nosuid,relatime,mode=755")
	add("devpts", "/dev/pts", "devpts", "rw,"+label+",relatime,mode=600")
	add("proc", "/proc", "proc", map[bool]string{true: "rw,relatime,gid=3009,hidepid=2", false: "rw,relatime"}[sdk >= 24])
	add("sysfs", "/sys", "sysfs", "rw,"+label+",relatime")
	add("selinuxfs", "/sys/fs/selinux", "selinuxfs", "rw,relatime")
	if sdk < 29 {
		add("/dev/block/bootdevice/by-name/system", "/system", "ext4", "ro,"+label+",relatime,data=ordered")
	}
	if sdk >= 26 {
		add(fmt.Sprintf("/dev/block/dm-%d", Bit(sdk >= 29)*4), "/vendor", "ext4", "ro,"+label+",relatime")
	}
	if sdk >= 30 {
		add("/dev/block/dm-1", "/system_ext", "ext4", "ro,"+label+",relatime")
		add("/dev/block/dm-2", "/product", "ext4", "ro,"+label+",relatime")
	}
	if sdk >= 29 {
		add("tmpfs", "/apex", "tmpfs", "rw,"+label+",nosuid,nodev,noexec,relatime,mode=755")
	}
	userdata := map[bool]string{true: "f2fs", false: "ext4"}[sdk >= 28]
	add("/dev/block/by-name/userdata", "/data", userdata, "rw,"+label+",nosuid,nodev,noatime")
	add("tmpfs", "/storage", "tmpfs", "rw,"+label+",relatime,mode=755,gid=1000")
	switch {
	case sdk >= 30:
		add("/dev/fuse", "/storage/emulated", "fuse", "rw,nosuid,nodev,noexec,noatime,user_id=0,group_id=0,allow_other")
	case sdk >= 26:
		add("/data/media", "/storage/emulated", "sdcardfs",
			"rw,nosuid,nodev,noexec,noatime,fsuid=1023,fsgid=1023,gid=9997,multiuser,mask=6,derive_gid")
	default:
		add("/dev/fuse", "/storage/emulated", "fuse",
			"rw,nosuid,nodev,noexec,noatime,user_id=1023,group_id=1023,default_permissions,allow_other")
	}
	return all
}

// MountTable is /proc/mounts.
func MountTable(all []Mount) []byte {
	var b bytes.Buffer
	for _, m := range all {
		fmt.Fprintf(&b, "%s %s %s %s 0 0\n", m.Device, m.Dir, m.Kind, m.Options)
	}
	return b.Bytes()
}
