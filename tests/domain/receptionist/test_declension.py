"""Names in every case, and names that only look alike."""

import pytest

from sekretarka.domain.receptionist import declension

FORMS = {
    "Ewa": "Ewy Ewie Ewę Ewą Ewo",
    "Kasia": "Kasi Kasię Kasią Kasiu",
    "Magda": "Magdy Magdzie Magdę Magdą Magdo",
    "Anna": "Anny Annie Annę Anną",
    "Ania": "Ani Anię Anią Aniu",
    "Agnieszka": "Agnieszki Agnieszce Agnieszkę",
    "Olga": "Olgi Oldze Olgę",
    "Marta": "Marty Marcie Martę",
    "Barbara": "Barbary Barbarze",
    "Wanda": "Wandzie",
    "Ela": "Eli Elę",
    "Zofia": "Zofii Zofię",
    "Maja": "Mai Maję",
    "Alicja": "Alicji Alicję",
    "Zocha": "Zosze",
    "Kuba": "Kuby Kubie Kubą",
    "Michał": "Michała Michałowi Michałem Michale",
    "Paweł": "Pawła Pawłowi Pawłem Pawle",
    "Piotr": "Piotra Piotrem Piotrze",
    "Tomasz": "Tomasza Tomaszem Tomaszu",
    "Marek": "Marka Markiem Markowi Marku",
    "Kacper": "Kacpra Kacprze",
    "Wojciech": "Wojciecha Wojciechem",
    "Robert": "Roberta Robercie",
    "Konrad": "Konradzie",
    "Jerzy": "Jerzego Jerzym",
    "Antoni": "Antoniego Antonim",
    "Bruno": "Brunona Brunem",
    "Grześ": "Grzesia",
    "Maciek": "Maćka Maćkiem Maćkowi",
    "Krzysiek": "Krzyśka Krzyśkiem",
    "Heniek": "Heńka Heńkiem",
    "Gucio": "Gucia Guciem",
    "Krawiec": "Krawca Krawcem",
    "Kwiecień": "Kwietnia Kwietniem",
    "Grudzień": "Grudnia Grudniem",
    "Stępień": "Stępnia Stępniowi",
    "Kozioł": "Kozła Kozłem Koźle",
    "Kocioł": "Kotła Kotle",
    "Orzeł": "Orła Orłem",
    "Gołąb": "Gołębia Gołębiem",
    "Moniuszko": "Moniuszki Moniuszce Moniuszką",
    "Ewa Kowalska": "Ewy Kowalskiej",
    "Jan Wójcik": "Jana Wójcika",
    "Iga Nowak": "Igę Nowak",
}


@pytest.mark.parametrize("name", FORMS)
def test_every_case_is_the_name_and_nobody_elses(name: str) -> None:
    cases = [name, *(FORMS[name].split() if " " not in name else [FORMS[name]])]
    for form in cases:
        for spelled in (form, form.upper(), f"u pani {form}", f"do p. {form}", f"z doktorem {form}"):
            said = declension.words(spelled)
            assert declension.is_meant(said, declension.words(name)), spelled
            others = [other for other in FORMS if not set(other.split()) & set(name.split())]
            others = [other for other in others if {name, other} != {"Anna", "Ania"}]
            assert not any(declension.is_meant(said, declension.words(other)) for other in others), spelled


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("u pani Kasi", "Katarzyna Mazur"),
        ("Katarzynę", "Kasia Mazur"),
        ("Oli", "Aleksandra"),
        ("z Krzyśkiem", "Krzysztof"),
        ("Grześka", "Grzegorz"),
        ("Krzysztofa Stępnia", "Krzysiek Stępień"),
        ("Gosi", "Małgorzata"),
        ("Łukaszka", "Łukasz"),
        ("Bartka", "Bartosz"),
        ("Bartka", "Bartłomiej"),
        ("Zbyszkiem", "Zbigniew"),
        ("Magdzie", "Magdalena"),
        ("Kuby", "Jakub"),
    ],
)
def test_diminutives(said: str, name: str) -> None:
    assert declension.is_meant(declension.words(said), declension.words(name))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Kasia", "Kamila"),
        ("u Olka", "Aleksandra"),
        ("Oli", "Aleksander"),
        ("Basi", "Beata"),
        ("Bartka", "Barbara"),
        ("Gosi Lis", "Małgorzata Kos"),
        ("Jana", "Joanna"),
        ("Marka", "Marta"),
        ("Marta", "Marek"),
        ("Michalina", "Michał"),
        ("Karolina", "Karol"),
        ("Ewelina", "Ewa"),
        ("Ola", "Olga"),
        ("Ala", "Ela"),
        ("", "Ewa"),
        ("pani", "Ewa"),
        ("Ewa Nowak", "Ewa Lis"),
    ],
)
def test_names_that_only_look_alike(said: str, name: str) -> None:
    assert not declension.is_meant(declension.words(said), declension.words(name))
