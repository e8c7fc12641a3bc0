// Package packages reads which packages a handset has, and what each may do.
//
// [DumpsysPackage] is the main source: the dump of PackageManager, with the version, flags,
// grants and users of every package. [PackageDetail] reads the dump of one package, in which
// also stands what its manifest asks for. [DumpsysPackageCheckin], [PmList],
// [AndroidqfPackages] and [HubblePackages] are shorter lists, which say less.
//
// The image says more of its own packages: what it grants them ([PrivappPermissions],
// [PermissionXML]), and who signed them ([Transparency]). [PermissionList] says who defines
// a permission, [DumpsysRole] and [RoleHolders] who holds a role, [ExportedComponents] and
// [ManifestReceivers] which components answer others.
package packages
