"""Domain names as people write them and as DNS knows them (IDNA 2008)."""

import idna

_LONGEST = 253


def to_ascii(domain: str) -> str:
    """`xn--w-uga1v8h.pl` for `Żółw.pl`; `ValueError` for what can be no domain."""
    if len(domain) > _LONGEST:
        raise ValueError("too long for a domain")
    if domain.isascii() and "xn--" not in domain.lower():  # DNS knows such that IDNA does not, as `a_b.com`
        domain.encode("idna")  # `UnicodeError` for labels that are empty or too long
        return domain.lower()
    return idna.encode(domain, uts46=True).decode()


def to_unicode(domain: str) -> str:
    """`żółw.pl` for each spelling of it; `ValueError` for what can be no domain."""
    encoded = to_ascii(domain)
    return idna.decode(encoded) if "xn--" in encoded else encoded
