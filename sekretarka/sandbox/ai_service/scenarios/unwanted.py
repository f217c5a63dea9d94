"""Calls that lead nowhere: wrong numbers, telemarketing, silence, broken lines, nobody there."""

from sekretarka.sandbox.ai_service.scenario import Scenario, Story

WRONG_NUMBER = Scenario(
    name="wrong_number",
    weight=2,
    intent="wrong_number",
    outcome="none",
    topics=("pomyłka",),
    mood=(-0.1, 0.2),
    callers="strangers",
    named=False,
    stories=(
        Story(
            "Pomyłka: dzwoniąca szukała innej firmy.",
            """
O: {greeting}
K: Dzień dobry, czy to <przychodnia na Solcu|warsztat na Dobrej|pizzeria>?
O: Nie, dodzwoniła się pani do Studia Lawenda, salonu fryzjerskiego i kosmetycznego.
K: <Ojej, przepraszam|A, to pomyłka>. Musiałam źle wybrać numer.
O: Nic się nie stało. Miłego dnia!
K+0.1: Wzajemnie, do widzenia.
""",
            gender="f",
        ),
        Story(
            "Pomyłka: dzwoniący szukał kogoś innego.",
            """
O: {greeting}
K: <Zenek|Halo, Bożena|Krysia>? Słabo cię słyszę.
O: Dodzwonił się pan do salonu Studio Lawenda. Obawiam się, że to pomyłka.
K: Jaki salon? A, przepraszam najmocniej.
O: Nie ma za co. Do widzenia.
""",
            gender="m",
        ),
    ),
)

SPAM = Scenario(
    name="spam",
    weight=6,
    intent="spam",
    outcome="spam",
    topics=("telemarketing",),
    mood=(-0.4, 0.0),
    callers="businesses",
    named=False,
    ended_reason="agent_hung_up",
    withheld=0.25,
    stories=(
        Story(
            "Telemarketing: oferta fotowoltaiki dla firm. Rozmowę zakończono.",
            """
O: {greeting}
K: Dzień dobry, dzwonię z firmy {energy}. Czy rozmawiam z osobą decyzyjną w sprawie rachunków za prąd?
O: Jestem asystentką głosową salonu. W jakiej sprawie [pani|pan] dzwoni?
K: Mamy wyjątkową ofertę paneli fotowoltaicznych dla firm, tylko do końca tygodnia.
O: Dziękujemy, nie jesteśmy zainteresowani. Proszę usunąć ten numer z bazy.
K-0.2: Ale to zajmie tylko minutkę…
O: Dziękuję, kończę rozmowę. Do widzenia.
""",
        ),
        Story(
            "Telemarketing: pozycjonowanie w wyszukiwarce, {agency}. Odmowa.",
            """
O: {greeting}
K: Dzień dobry, {agency}, czy wie pani, że państwa salon nie wyświetla się na pierwszej stronie wyników?
O: Jestem wirtualną asystentką. Czy dzwoni [pani|pan] w sprawie wizyty?
K: Nie, chodzi o pozycjonowanie strony. Za <dziewięćset|tysiąc dwieście> złotych miesięcznie gwarantujemy…
O: Salon nie przyjmuje ofert handlowych przez telefon. Do widzenia.
""",
        ),
        Story(
            "Automat: nagranie o rzekomej umowie z operatorem. Oznaczono jako spam.",
            """
O: {greeting}
K: To jest ważna informacja dotycząca państwa umowy z operatorem. Aby porozmawiać z konsultantem, proszę
  wcisnąć jeden.
O: Czy mogę w czymś pomóc?
K: Aby porozmawiać z konsultantem, proszę wcisnąć jeden.
O: To nagranie, rozłączam się. Do widzenia.
""",
        ),
        Story(
            "Telemarketing: kredyt dla firm. Odmowa, prośba o usunięcie numeru.",
            """
O: {greeting}
K: Witam serdecznie, przyznaliśmy państwa firmie limit <pięćdziesięciu|osiemdziesięciu|stu> tysięcy złotych
  bez zbędnych formalności.
O: Dziękuję, nie jesteśmy zainteresowani kredytem.
K-0.1: A jak obecnie finansują państwo rozwój?
O: Proszę nie dzwonić w tej sprawie ponownie. Do widzenia.
""",
        ),
    ),
)

SILENCE = Scenario(
    name="silence",
    weight=2.5,
    intent=None,
    outcome="abandoned",
    topics=(),
    mood=None,
    callers="strangers",
    named=False,
    ended_reason="silence",
    withheld=0.4,
    stories=(
        Story(
            "Nikt się nie odezwał.",
            """
O: {greeting}
O: Halo, czy mnie słychać?
O: <Nie słyszę odpowiedzi|Chyba mamy problem z połączeniem>. Proszę zadzwonić ponownie. Do widzenia.
""",
        ),
        Story(
            "Dzwoniący rozłączył się po przywitaniu.",
            """
O: {greeting}
""",
        ),
        Story(
            "Słychać tylko hałas ulicy, rozmowa przerwana.",
            """
O: {greeting}
K: …słychać? Halo? …zaraz oddzwo…
O: Słyszę panią bardzo słabo. Czy może pani powtórzyć?
O: Nie słyszę odpowiedzi. Zapraszam do ponownego kontaktu.
""",
            gender="f",
        ),
    ),
)

BROKEN = Scenario(
    name="broken_call",
    weight=1.5,
    intent="booking",
    outcome="none",
    topics=("zerwane połączenie",),
    mood=(-0.2, 0.1),
    status="failed",
    ended_reason="error",
    stories=(
        Story(
            "Połączenie zerwane, zanim ustalono termin ({said}). Warto oddzwonić.",
            """
O: {greeting}
K: Dzień dobry, [chciałabym|chciałbym] się zapisać na {said_acc}, najlepiej…
O: Przepraszam, przerwało. Na jaki dzień?
K: Mówię, że {day_on}, ale coś strasznie trz…
""",
        ),
        Story(
            "Awaria połączenia w trakcie rozmowy o zmianie terminu. Warto oddzwonić.",
            """
O: {greeting}
K: Halo? Dzień dobry, [dzwoniłam|dzwoniłem] wczoraj w sprawie zmiany terminu i…
O: Tak, słucham [panią|pana].
""",
        ),
    ),
)

MISSED = Scenario(
    name="missed",
    weight=7,
    intent=None,
    outcome="none",
    topics=(),
    mood=None,
    status="missed",
    ended_reason="no_answer",
    named=False,
    withheld=0.05,
    stories=(Story("", ""),),
)

HUNG_UP = Scenario(
    name="hung_up",
    weight=3,
    intent=None,
    outcome="abandoned",
    topics=(),
    mood=None,
    status="missed",
    ended_reason="caller_hung_up",
    callers="strangers",
    named=False,
    withheld=0.1,
    stories=(Story("", ""),),
)

ALL = (WRONG_NUMBER, SPAM, SILENCE, BROKEN, MISSED, HUNG_UP)
