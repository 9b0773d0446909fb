package authority

import (
	"bytes"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Hashed returns each certificate of the bundles, in PEM, under the name by which OpenSSL finds
// it in a folder of SSL_CERT_DIR: the hash of its subject and a number from 0
// (https://docs.openssl.org/3.0/man1/openssl-rehash/). The order of the bundles does not matter.
func Hashed(bundles ...string) (map[string]string, error) {
	var found [][]byte
	for _, bundle := range bundles {
		for rest := []byte(bundle); ; {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				break
			}
			if block.Type == "CERTIFICATE" {
				found = append(found, block.Bytes)
			}
		}
	}
	slices.SortFunc(found, bytes.Compare)
	hashed := map[string]string{}
	numbers := map[uint32]int{}
	for _, raw := range slices.CompactFunc(found, bytes.Equal) {
		certificate, err := x509.ParseCertificate(raw)
		if err != nil {
			return nil, fmt.Errorf("reading the certificate of an authority: %w", err)
		}
		hash, err := subjectHash(certificate.RawSubject)
		if err != nil {
			return nil, fmt.Errorf("reading the subject of an authority: %w", err)
		}
		hashed[fmt.Sprintf("%08x.%d", hash, numbers[hash])] = encode("CERTIFICATE", raw)
		numbers[hash]++
	}
	return hashed, nil
}

// attribute is one part of a subject, such as its common name.
type attribute struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}

// attributeSET is a SET by the suffix of its name
// (https://pkg.go.dev/encoding/asn1#Unmarshal).
type attributeSET []attribute

// subjectHash is X509_NAME_hash of OpenSSL: the first four bytes, in little endian, of the SHA-1
// of the subject's sets, one after another, with their texts in canonical form
// (https://github.com/openssl/openssl/blob/openssl-3.0/crypto/x509/x_name.c, x509_name_canon).
func subjectHash(subject []byte) (uint32, error) {
	var sets []attributeSET
	rest, err := asn1.Unmarshal(subject, &sets)
	if err != nil {
		return 0, err
	}
	if len(rest) > 0 {
		return 0, errors.New("data after the subject")
	}
	var canonical []byte
	for _, set := range sets {
		for i := range set {
			set[i].Value = canonicalText(set[i].Value)
		}
		encoded, err := asn1.Marshal(set)
		if err != nil {
			return 0, err
		}
		canonical = append(canonical, encoded...)
	}
	sum := sha1.Sum(canonical)
	return binary.LittleEndian.Uint32(sum[:4]), nil
}

// canonicalText returns a text in UTF-8, in lower case where it is ASCII, with one space for
// several and none around it. Another value is returned as it is.
func canonicalText(value asn1.RawValue) asn1.RawValue {
	const visibleString = 26
	switch value.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, visibleString:
	default:
		return value
	}
	space := func(r rune) bool { return strings.ContainsRune(" \t\n\v\f\r", r) }
	text := strings.Join(strings.FieldsFunc(string(value.Bytes), space), " ")
	lower := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, text)
	return asn1.RawValue{Tag: asn1.TagUTF8String, Bytes: []byte(lower)}
}
