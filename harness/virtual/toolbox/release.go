package toolbox

// Since are the programs that not every release since Android 5 has, with the
// first SDK that has them.
//
// Android 5 has toolbox and some tools of NetBSD: cat chmod chown cmp cp date dd df du
// grep id kill ln ls md5 mkdir mount mv nohup printenv ps readlink rm rmdir sleep sync
// top touch uptime are among them. mksh itself does echo, print, realpath, test, true and
// false, and no printf. toybox came with Android 6, and its list grew with each release.
// The lists are those of system/core, shell_and_utilities/README.md (Android 2.3 to 12);
// egrep and fgrep came when grep was built on its own (system/core, toolbox/Android.mk).
var Since = map[string]int{
	// Android 6: toybox
	"basename": 23, "cksum": 23, "cut": 23, "dirname": 23, "egrep": 23, "env": 23, "expr": 23, "fgrep": 23, "find": 23, "head": 23,
	"hostname": 23, "md5sum": 23, "mktemp": 23, "paste": 23, "pgrep": 23, "printf": 23, "sed": 23, "seq": 23, "setsid": 23,
	"sha1sum": 23, "sort": 23, "stat": 23, "tac": 23, "tail": 23, "tee": 23, "timeout": 23, "toybox": 23, "tr": 23, "uname": 23,
	"uniq": 23, "usleep": 23, "wc": 23, "which": 23, "whoami": 23, "xargs": 23, "yes": 23,
	// Android 7
	"base64": 24, "cmd": 24, "tty": 24, "xxd": 24,
	// Android 8
	"sha224sum": 26, "sha256sum": 26, "sha512sum": 26,
	// Android 10
	"device_config": 29, "nproc": 29, "unlink": 29,
}
