"""Days, dates and hours as people say them in Polish on the phone."""

from datetime import date, datetime

DAYS_IN = ("w poniedziałek", "we wtorek", "w środę", "w czwartek", "w piątek", "w sobotę", "w niedzielę")
DAYS_ON = ("na poniedziałek", "na wtorek", "na środę", "na czwartek", "na piątek", "na sobotę", "na niedzielę")
DAYS_TO = ("poniedziałku", "wtorku", "środy", "czwartku", "piątku", "soboty", "niedzieli")
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
)  # fmt: skip
ORDINALS = (
    "pierwszego", "drugiego", "trzeciego", "czwartego", "piątego", "szóstego", "siódmego", "ósmego", "dziewiątego",
    "dziesiątego", "jedenastego", "dwunastego", "trzynastego", "czternastego", "piętnastego", "szesnastego",
    "siedemnastego", "osiemnastego", "dziewiętnastego", "dwudziestego", "dwudziestego pierwszego",
    "dwudziestego drugiego", "dwudziestego trzeciego", "dwudziestego czwartego", "dwudziestego piątego",
    "dwudziestego szóstego", "dwudziestego siódmego", "dwudziestego ósmego", "dwudziestego dziewiątego",
    "trzydziestego", "trzydziestego pierwszego",
)  # fmt: skip
# The hour in the nominative; the other cases differ in the last letter only.
HOURS = {
    8: "ósma", 9: "dziewiąta", 10: "dziesiąta", 11: "jedenasta", 12: "dwunasta", 13: "trzynasta", 14: "czternasta",
    15: "piętnasta", 16: "szesnasta", 17: "siedemnasta", 18: "osiemnasta", 19: "dziewiętnasta", 20: "dwudziesta",
}  # fmt: skip
MINUTES = {0: "", 15: " piętnaście", 30: " trzydzieści", 45: " czterdzieści pięć"}


def day_in(day: date) -> str:
    """`w piątek`."""
    return DAYS_IN[day.weekday()]


def day_on(day: date) -> str:
    """`na piątek`."""
    return DAYS_ON[day.weekday()]


def day_to(day: date) -> str:
    """`piątku`, as after *do*."""
    return DAYS_TO[day.weekday()]


def on_date(day: date) -> str:
    """`dwudziestego siódmego listopada`."""
    return f"{ORDINALS[day.day - 1]} {MONTHS[day.month - 1]}"


def hour(moment: datetime) -> str:
    """`czternasta trzydzieści`."""
    return HOURS[moment.hour] + MINUTES[moment.minute]


def at_hour(moment: datetime) -> str:
    """`o czternastej trzydzieści`."""
    return f"o {_hour_ending(moment, 'ej')}"


def for_hour(moment: datetime) -> str:
    """`na czternastą trzydzieści`."""
    return f"na {_hour_ending(moment, 'ą')}"


def english_hour(moment: datetime) -> str:
    """`2:30 pm`."""
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{(moment.hour - 1) % 12 + 1}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def _hour_ending(moment: datetime, ending: str) -> str:
    return HOURS[moment.hour].removesuffix("a") + ending + MINUTES[moment.minute]
