"""Calls that need a person: complaints, messages to the owner, a transfer."""

from sekretarka.sandbox.ai_service.scenario import Scenario, Story

SPOILED = (
    "Koloryzacja",
    "Balejaż",
    "Keratynowe prostowanie",
    "Modelowanie",
    "Manicure hybrydowy",
    "Laminacja rzęs",
)

ANGRY = Scenario(
    name="angry_client",
    weight=3,
    intent="complaint",
    outcome="message",
    topics=("reklamacja", "{category}"),
    mood=(-0.9, -0.4),
    stories=(
        Story(
            "{name} jest bardzo niezadowolona: {offer}, wizyta u {staff_gen}. Żąda poprawki albo zwrotu, "
            "oczekuje telefonu właścicielki jeszcze dziś.",
            """
O: {greeting}
K-0.7: Dzień dobry, chociaż dla mnie wcale nie taki dobry. <Wczoraj|W tym tygodniu> robiłam u was {said_acc}
  i jestem wściekła.
O: Bardzo mi przykro. Proszę powiedzieć, co się stało.
K-0.9: Efekt nie trzymał się nawet jednego dnia! Zapłaciłam {price} złotych i wyglądam gorzej niż przed wizytą.
O: Rozumiem, że to bardzo rozczarowujące. Kto panią obsługiwał?
K-0.5: {staff}. I nikt mnie nie słuchał, jak mówiłam, czego chcę.
O: Przekażę to właścicielce jako pilne. Czy woli pani bezpłatną poprawkę, czy zwrot?
K-0.4: Najpierw chcę, żeby ktoś do mnie zadzwonił. Dzisiaj. {name}.
O: Zapisałam, {voc}. Właścicielka oddzwoni na ten numer jeszcze dziś.
K-0.3: Mam nadzieję. Do widzenia.
O: Jeszcze raz przepraszam. Do widzenia.
""",
            gender="f",
            services=SPOILED,
        ),
        Story(
            "{name} czekała {late} minut na wizytę i wyszła. Prosi o telefon w sprawie przeprosin i nowego terminu.",
            """
O: {greeting}
K-0.6: Halo, byłam dziś umówiona i czekałam {late} minut! W końcu wyszłam, bo nikt się mną nie zainteresował.
O: Przepraszam za tę sytuację. Jak się pani nazywa?
K-0.6: {name}. To już drugi raz. <Mam was serdecznie dość|Tak się nie traktuje stałych klientów>.
O: Ma pani pełne prawo się złościć. Zapisuję skargę jako pilną dla właścicielki.
K-0.4: Proszę jej powiedzieć, że inaczej napiszę opinię w internecie.
O: Przekażę. Oddzwonimy dziś przed zamknięciem salonu.
K-0.3: <Zobaczymy|No, czekam>. Do widzenia.
""",
            gender="f",
        ),
        Story(
            "{name} reklamuje strzyżenie z tego tygodnia i żąda zwrotu pieniędzy; rozmowa przerwana w złości.",
            """
O: {greeting}
K-0.6: Dzień dobry. Chcę rozmawiać z kierownikiem, natychmiast.
O: Dzień dobry. Właścicielka jest teraz z klientką. Mogę przyjąć zgłoszenie, co się stało?
K-0.8: Byłem na strzyżeniu i jedna strona jest wyraźnie krótsza. Wyglądam jak pośmiewisko, a w poniedziałek
  mam rozmowę o pracę!
O: Bardzo mi przykro. Możemy poprawić to bezpłatnie jeszcze dzisiaj.
K-0.7: Nie, dziękuję, już nikt od was nie dotknie mojej głowy. Chcę zwrotu pieniędzy.
O: Rozumiem. Poproszę nazwisko, przekażę żądanie zwrotu właścicielce.
K-0.8: {last}. I niech ona do mnie zadzwoni, a nie maszyna!
O: Zapisałam, {voc}. Oddzwoni osobiście.
""",
            gender="m",
            services=("Strzyżenie męskie",),
        ),
    ),
)

MESSAGE = Scenario(
    name="message_to_owner",
    weight=5,
    intent="message",
    outcome="message",
    topics=("wiadomość dla właścicielki",),
    mood=(0.0, 0.4),
    callers="strangers",
    stories=(
        Story(
            "{name} z hurtowni {supplier} prosi o potwierdzenie zamówienia na farby i odżywki do {day_to}.",
            """
O: {greeting}
K: Dzień dobry, {name}, hurtownia {supplier}. Czy mogę rozmawiać z właścicielką?
O: W tej chwili jest zajęta. Mogę przekazać wiadomość.
K: Chodzi o zamówienie na farby i odżywki. Potrzebuję potwierdzenia do {day_to}, inaczej ceny się zmienią.
O: Zapisuję: potwierdzenie zamówienia do {day_to}. Oddzwonić na ten numer?
K+0.2: Tak, <jestem pod telefonem do siedemnastej|cały dzień odbieram>.
O: Dziękuję, przekażę od razu.
K+0.2: Dziękuję, do usłyszenia.
""",
        ),
        Story(
            "{name}, administracja budynku: {day_in} między 8 a 12 nie będzie ciepłej wody. Prosi o potwierdzenie.",
            """
O: {greeting}
K: Dzień dobry, {name}, administracja budynku przy Lipowej. Mam wiadomość dla właścicielki salonu.
O: Słucham, zapiszę.
K: {day_in} od ósmej do dwunastej będzie wyłączona ciepła woda w całym pionie. Proszę o potwierdzenie, że
  wiadomość dotarła.
O: Rozumiem: {day_in}, ósma do dwunastej, brak ciepłej wody. Przekażę natychmiast.
K+0.1: Dziękuję. I przepraszamy za utrudnienia.
O: Dziękuję za uprzedzenie. Do widzenia.
""",
        ),
        Story(
            "{name} szuka pracy w salonie, ma sześć lat doświadczenia; prosi właścicielkę o telefon po 16.",
            """
O: {greeting}
K: Dzień dobry, dzwonię w sprawie pracy. Widziałam, że szukają państwo <stylistki paznokci|fryzjerki|kosmetyczki>.
O: Dzień dobry. Rekrutacją zajmuje się właścicielka. Przekażę jej kontakt, jak się pani nazywa?
K+0.2: {name}. Mam sześć lat doświadczenia i mogę zacząć od zaraz.
O: Zapisałam, {voc}. Kiedy najlepiej oddzwonić?
K: Po szesnastej. Bardzo dziękuję!
O: Dziękuję za telefon i powodzenia.
""",
            gender="f",
        ),
    ),
)

TRANSFER = Scenario(
    name="transfer",
    weight=4,
    intent="transfer",
    outcome="transferred",
    topics=("przekazanie rozmowy",),
    mood=(-0.1, 0.4),
    ended_reason="transferred",
    stories=(
        Story(
            "{name} chce rozmawiać z człowiekiem o składzie preparatów (uczulenie). Rozmowę przełączono do "
            "{staff_gen}.",
            """
O: {greeting}
K: Dzień dobry. Ja wolałabym z człowiekiem, bo mam uczulenie i pytam o skład preparatów.
O: Oczywiście. To ważne, połączę panią z {staff_ins}. Czy mogę najpierw prosić o nazwisko?
K: {name}.
O: Dziękuję, {voc}. Łączę, proszę się nie rozłączać.
K+0.3: Dziękuję, czekam.
""",
            gender="f",
        ),
        Story(
            "{name} prosi o połączenie z {staff_ins} w sprawie rzeczy zostawionej w salonie.",
            """
O: {greeting}
K: Dzień dobry, czy jest {staff}? [Zostawiłam|Zostawiłem] coś po ostatniej wizycie i [chciałabym|chciałbym]
  zapytać, czy się znalazło.
O: {staff} jest w salonie. Kogo mam zapowiedzieć?
K: {name}.
O: Już łączę. <Proszę chwilę poczekać|To potrwa moment>.
K+0.2: Dzięki.
""",
        ),
        Story(
            "{name} dzwoni w sprawie ślubnej: próbna fryzura i makijaż. Przełączono do {staff_gen}.",
            """
O: {greeting}
K+0.2: Dzień dobry! Biorę ślub i potrzebuję próbnej fryzury, makijażu, paznokci, wszystkiego naraz.
O: Gratuluję! Takie pakiety układa u nas {staff}. Połączyć od razu?
K: Tak, bardzo proszę. {name}.
O: Łączę z {staff_ins}. Wszystkiego najpiękniejszego, {voc}!
K+0.7: Dziękuję!
""",
            gender="f",
        ),
    ),
)

ALL = (ANGRY, MESSAGE, TRANSFER)
