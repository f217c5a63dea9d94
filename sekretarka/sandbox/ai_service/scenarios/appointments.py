"""Calls about a visit: wish, change, cancellation, a particular person, being late."""

from sekretarka.sandbox.ai_service.scenario import Scenario, Story

CONFIRMATION = (
    "Studio Lawenda: potwierdzamy wizytę ({offer}) {day_in} {day_short} o {time_short}. "
    "Zmiana lub odwołanie: 22 100 02 00."
)

BOOKING = Scenario(
    name="booking",
    weight=25,
    intent="booking",
    outcome="booked",
    topics=("rezerwacja", "{category}"),
    mood=(0.3, 0.8),
    sms=CONFIRMATION,
    about="new",
    stories=(
        Story(
            "[Klientka|Klient] {name} chce wizyty: {offer}, {day_in}, {day_short}, {at}.",
            """
O: {greeting}
K: <Dzień dobry|Witam|Halo, dzień dobry>, [chciałabym|chciałbym] <umówić się|zapisać się> na {said_acc}.
O: <Oczywiście|Jasne|Z przyjemnością>. Jaki dzień [pani|panu] pasuje?
K: <Najlepiej|Może|Chyba> {day_in}, jeśli coś jest wolne.
O: {day_in}, {date}, mam wolne {at} albo {at_alt}. Co [pani|panu] bardziej odpowiada?
K+0.3: {at} <będzie idealnie|mi pasuje|poproszę>.
O: <Świetnie|Dobrze|Bardzo dobrze>. Na jakie nazwisko zapisać wizytę?
K: {name}.
O: Dziękuję, {voc}. Zapisuję {offer_acc} {day_on}, {date}, {at}. Koszt to {price} złotych. Za chwilę przyjdzie SMS.
! appointment
! sms
K+0.7: <Super, bardzo dziękuję|Świetnie, dziękuję pani|Dzięki wielkie>. <Do widzenia|Do zobaczenia>!
O: Do zobaczenia {day_in}!
""",
        ),
        Story(
            "{name} pytała o wolne terminy na {said_acc}; wybrała {hour} {day_in}, {day_short}.",
            """
O: {greeting}
K: Dzień dobry. Macie państwo <może |>coś wolnego na {said_acc} <w najbliższych dniach|w tym tygodniu albo w
  przyszłym>?
O: Sprawdzam. Najbliżej mam {day_in}, {date}, {at}. A potem {day2_in}, {date2}, {at2}.
K: <Hmm, a ile|A ile> to <będzie trwało|potrwa>?
O: Proszę liczyć {about}. Zabieg kosztuje {price} złotych.
K+0.2: Dobrze, to poproszę ten pierwszy termin.
O: Czyli {day_in} {at}. Poproszę jeszcze imię i nazwisko.
K: {name}, numer jest ten, z którego dzwonię.
O: Mam, dziękuję. Potwierdzenie wyślę SMS-em.
! appointment
! sms
K+0.6: <Cudownie, dziękuję|Bardzo dziękuję za pomoc>. Miłego dnia!
O: Wzajemnie, {voc}. Do zobaczenia!
""",
            gender="f",
        ),
        Story(
            "{name} chce zapisać się na {said_acc} {day_on}, {day_short}, {for_hour}. Pierwsza wizyta w salonie.",
            """
O: {greeting}
K: Dzień dobry, jestem pierwszy raz, koleżanka państwa poleciła. [Chciałabym|Chciałbym] się umówić na {said_acc}.
O: Bardzo nam miło! Kiedy [chciałaby pani|chciałby pan] przyjść?
K: <Pracuję do późna, więc|Mam wolne, więc> najlepiej {day_in}.
O: {day_in} jest wolna godzina: {hour}. Zapisać?
K+0.4: Tak, <poproszę|proszę zapisać>. A czy można zapłacić kartą?
O: Oczywiście, przyjmujemy karty, BLIK i gotówkę. Jak się [pani|pan] nazywa?
K: {name}.
O: Zapisane, {voc}. {day_in}, {date}, {at}, {offer_acc}. Wysyłam SMS z adresem i potwierdzeniem.
! appointment
! sms
K+0.7: <Rewelacja|Super>, do zobaczenia!
O: Dziękuję za telefon i do zobaczenia.
""",
        ),
        Story(
            "{name} pyta o {said_acc} {day_in}; pasuje {hour}. Prosi o przypomnienie dzień wcześniej.",
            """
O: {greeting}
K: <Cześć|Dzień dobry>, tu {name}. Potrzebuję terminu na {said_acc}.
O: Dzień dobry, {voc}. Woli [pani|pan] przed południem czy po południu?
K: Obojętnie, byle <nie w ten weekend|nie dzisiaj|przed weselem, na które idę>.
O: W takim razie proponuję {day2_in}, {date2}, {at2}, albo {day_in}, {date}, {at}.
K: {day_in} {at}. I proszę o przypomnienie, bo ja zapominam o wszystkim.
O: Oczywiście, dzień wcześniej wyślę SMS. Zapisuję {offer_acc}, {price} złotych.
! appointment
! sms
K+0.6: <Dziękuję ślicznie|Wspaniale, dziękuję>. <Pa|Do widzenia>!
O: Do zobaczenia!
""",
        ),
    ),
)

STYLIST = Scenario(
    name="stylist",
    weight=7,
    intent="booking",
    outcome="booked",
    topics=("rezerwacja", "{category}", "konkretna osoba"),
    mood=(0.2, 0.7),
    sms=CONFIRMATION,
    about="new",
    stories=(
        Story(
            "{name} prosi o {said_acc} tylko u {staff_gen}: {day_in}, {day_short}, {at}.",
            """
O: {greeting}
K: Dzień dobry, [chciałabym|chciałbym] się umówić do {staff_gen} na {said_acc}.
O: Dzień dobry. {staff} ma wolne {day_in}, {date}, {at} i {at_alt}.
K: A wcześniej <nic nie ma|się nie da>?
O: Wcześniej mogę zaproponować wizytę u {other_gen}, a {staff} jest {free} dopiero {day_in}.
K+0.1: Nie, <wolę poczekać|zależy mi na tej samej osobie>. To {day_in} {at}.
O: Dobrze. Czy zapisać na ten numer telefonu i na nazwisko {last}?
K: Tak, zgadza się.
O: Zapisałam. {offer_acc}, {day_in}, {date}, {at}, u {staff_gen}.
! appointment
! sms
K+0.6: <Dziękuję, do widzenia|Super, dzięki>!
O: Do zobaczenia, {voc}!
""",
        ),
        Story(
            "{name} prosi o wizytę z {staff_ins} ({offer}), {day_in}, {day_short}, {at}.",
            """
O: {greeting}
K: Dzień dobry, czy {staff} <wciąż|nadal> u państwa pracuje?
O: <Oczywiście|Tak, oczywiście>. W czym mogę pomóc?
K: Zawsze chodzę na {said_acc} do {staff_gen} i nie wyobrażam sobie nikogo innego.
O: Rozumiem. Wolny termin z {staff_ins} mam {day_in} {at}. Pasuje [pani|panu]?
K+0.3: <Pasuje|Może być>, proszę zapisać. {name}.
O: Gotowe, {voc}. Do zobaczenia {day_in} {at}.
! appointment
! sms
K+0.6: <Ślicznie dziękuję|Bardzo dziękuję>.
""",
        ),
    ),
)

CANCELLATION = Scenario(
    name="cancellation",
    weight=7,
    intent="cancellation",
    outcome="cancelled",
    topics=("odwołanie wizyty",),
    mood=(-0.3, 0.3),
    sms="Studio Lawenda: wizyta {day_in} {day_short} o {time_short} została odwołana. Zapraszamy ponownie!",
    about="booked",
    stories=(
        Story(
            "{name} odwołuje wizytę {day_in}, {day_short}, {at}. Na razie bez nowego terminu.",
            """
O: {greeting}
K-0.1: Dzień dobry, niestety muszę odwołać wizytę {day_on}. <Rozchorowałam się|Mam chore dziecko|Wypadł mi wyjazd>.
O: Przykro mi. Na jakie nazwisko była wizyta?
K: {name}, {at}.
O: Mam: {offer}, {day_in}, {date}, {at}. Czy od razu poszukać innego terminu?
K: Nie, <zadzwonię, jak będę wiedziała więcej|na razie nie wiem kiedy>.
O: Dobrze, odwołałam wizytę. Wyślę potwierdzenie SMS-em.
! sms
K+0.3: Dziękuję za zrozumienie. Do widzenia.
O: Dużo zdrowia i do usłyszenia.
""",
            gender="f",
        ),
        Story(
            "{name} odwołuje wizytę ({offer}) {day_in}, {day_short}. Powód: praca.",
            """
O: {greeting}
K: Dzień dobry, {name}. Nie dam rady przyjść {day_in}, <szef przesunął mi zmianę|mam spotkanie nie do ruszenia>.
O: Dzień dobry, {voc}. Widzę wizytę {at}. Odwołać ją czy przełożyć?
K-0.1: Proszę odwołać. <Przepraszam za kłopot|Głupio mi, że tak późno>.
O: Nic nie szkodzi. Wizyta jest odwołana, termin wraca do kalendarza.
! sms
K+0.2: Dziękuję, do widzenia.
O: Do usłyszenia!
""",
        ),
    ),
)

RESCHEDULE = Scenario(
    name="reschedule",
    weight=8,
    intent="reschedule",
    outcome="rescheduled",
    topics=("zmiana terminu", "{category}"),
    mood=(0.0, 0.6),
    sms="Studio Lawenda: nowy termin wizyty ({offer}): {day2_in} {day2_short} o {time2_short}. Do zobaczenia!",
    about="booked",
    stories=(
        Story(
            "{name} przekłada wizytę ({offer}): było {day_in}, jest {day2_in}, {day2_short}, {at2}.",
            """
O: {greeting}
K: Dzień dobry, mam u państwa wizytę {day_in} {at} i <chciałam zapytać, czy można|potrzebuję> ją przełożyć.
O: Oczywiście. Proszę o nazwisko.
K: {last}.
O: Dziękuję. Wolny termin mam {day2_in}, {date2}, {at2}.
K+0.4: <O, pasuje|Może być|Idealnie>, dziękuję.
O: Przełożone. {offer} {day2_in} {at2}. SMS jest już w drodze.
! sms
K+0.5: <Jest pani niezastąpiona|Bardzo dziękuję>. Do widzenia!
O: Do widzenia!
""",
            gender="f",
        ),
        Story(
            "{name} prosi o zmianę terminu; nowy termin: {day2_in}, {day2_short}, {at2}.",
            """
O: {greeting}
K-0.1: Dzień dobry, z tej strony {name}. Zapisałam się {day_on}, ale <coś mi wypadło|nie zdążę wrócić do Warszawy>.
O: Rozumiem. Który dzień byłby lepszy?
K: A {day2_in}? O której macie wolne?
O: {day2_in}, {date2}, wolna jest {hour2}.
K+0.3: To biorę.
O: Dobrze, {voc}, zmieniłam termin. Potwierdzenie przyjdzie SMS-em.
! sms
K+0.5: Dzięki, <pozdrawiam|miłego dnia>!
O: Dziękuję, do zobaczenia.
""",
            gender="f",
        ),
        Story(
            "{name} przekłada wizytę na {day2_in}, {day2_short}, {at2}.",
            """
O: {greeting}
K: Dzień dobry, {name}. Mam być u was {day_in} {at}, ale utknę w delegacji.
O: Dzień dobry, {voc}. Poszukam innego terminu. Czy {day2_in} {at2} byłoby dobrze?
K: <Trochę późno|Hmm>, a coś innego tego dnia?
O: Niestety tego dnia to ostatnie wolne miejsce.
K+0.1: No dobrze, niech będzie {day2_in} {at2}.
O: Zapisane. Wysyłam potwierdzenie.
! sms
K+0.3: Dzięki, do zobaczenia.
""",
            gender="m",
        ),
    ),
)

LATE = Scenario(
    name="running_late",
    weight=4,
    intent="late",
    outcome="message",
    topics=("spóźnienie",),
    mood=(-0.3, 0.3),
    stories=(
        Story(
            "{name} spóźni się {late} minut na dzisiejszą wizytę u {staff_gen}.",
            """
O: {greeting}
K-0.3: Dzień dobry, jestem [umówiona|umówiony] dzisiaj do {staff_gen}, ale <stoję w korku na
  Wisłostradzie|metro stanęło|autobus mi uciekł>.
O: Rozumiem. Ile mniej więcej [się pani|się pan] spóźni?
K: Jakieś {late} minut. Nazwisko {last}.
O: Dziękuję, przekażę od razu. W razie czego {staff} zacznie od razu po [pani|pana] przyjściu.
K+0.3: <Uff, dziękuję|Bardzo dziękuję, już pędzę>!
O: Proszę się nie spieszyć. Do zobaczenia!
""",
        ),
        Story(
            "{name} dzwoni, że będzie {late} minut po czasie; pyta, czy zdąży na {said_acc}.",
            """
O: {greeting}
K: Halo, tu {name}. Nie mogę zaparkować, będę {late} minut później. Zdążymy jeszcze zrobić {said_acc}?
O: Dzień dobry, {voc}. Myślę, że tak, ale ostatecznie zdecyduje {staff}. Przekażę wiadomość.
K+0.1: Super. Gdzie tam się najlepiej parkuje?
O: W podwórzu są dwa miejsca dla klientów, a pięć minut dalej, przy Karowej, jest parking.
K+0.3: Dzięki, już jadę.
O: Do zobaczenia!
""",
        ),
    ),
)

ALL = (BOOKING, STYLIST, CANCELLATION, RESCHEDULE, LATE)
