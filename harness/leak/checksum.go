package leak

// luhn checks the last digit of an IMEI, an ICCID or a card number
// (ISO/IEC 7812-1). Anything but digits is skipped.
func luhn(b []byte) bool {
	sum, double := 0, false
	for i := len(b) - 1; i >= 0; i-- {
		if !isDigit(b[i]) {
			continue
		}
		d := int(b[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}

// Verhoeff's tables: the products of the dihedral group of order ten, and the
// permutation that is applied once for each place.
var (
	dihedral = [10][10]byte{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
		{2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
		{4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
		{6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
		{8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
	}
	permutation = [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
)

// verhoeff checks the last digit of an Aadhaar number. Anything but digits is
// skipped.
func verhoeff(b []byte) bool {
	check, place := byte(0), 0
	for i := len(b) - 1; i >= 0; i-- {
		if !isDigit(b[i]) {
			continue
		}
		d := b[i] - '0'
		for range place % 8 {
			d = permutation[d]
		}
		check = dihedral[check][d]
		place++
	}
	return check == 0
}

const base36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// gstinCheck computes the fifteenth character of a GSTIN from the first
// fourteen: a checksum to base 36 in which every second one counts twice.
func gstinCheck(b []byte) byte {
	sum := 0
	for i, c := range b {
		n := int(c - '0')
		if !isDigit(c) {
			n = int(c-'A') + 10
		}
		n *= 1 + i%2
		sum += n/36 + n%36
	}
	return base36[(36-sum%36)%36]
}
