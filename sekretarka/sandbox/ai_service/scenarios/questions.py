"""Calls that want to know something: prices, opening hours, the way, vouchers; and one in English."""

from sekretarka.sandbox.ai_service.scenario import Scenario, Story

PRICE = Scenario(
    name="price_question",
    weight=12,
    intent="price",
    outcome="answered",
    topics=("cennik", "{category}"),
    mood=(0.0, 0.5),
    callers="strangers",
    named=False,
    stories=(
        Story(
            "Pytanie o cenę: {offer}. Podano {price_number} zł i czas trwania; [klientka|klient] zadzwoni ponownie.",
            """
O: {greeting}
K: Dzień dobry, ile kosztuje u państwa {said}?
O: {offer} kosztuje {price} złotych.
K: A jak długo <to trwa|to się robi>?
O: Proszę zarezerwować {about}. Czy sprawdzić wolne terminy?
K+0.1: Na razie nie, <muszę się zastanowić|porównuję jeszcze ceny>. Dziękuję za informację.
O: Oczywiście. W razie pytań proszę dzwonić o każdej porze.
K+0.2: Dobrze, do widzenia.
""",
        ),
        Story(
            "Pytanie o cenę keratynowego prostowania do bardzo długich włosów; od 450 zł, dokładna cena po "
            "konsultacji.",
            """
O: {greeting}
K: Dzień dobry, chciałam zapytać o keratynę. Ile to u was kosztuje przy naprawdę długich włosach?
O: Keratynowe prostowanie kosztuje od czterystu pięćdziesięciu złotych. Przy włosach do pasa cena może
  wzrosnąć o sto złotych.
K: Aha. A jak długo się potem trzyma?
O: Zwykle od trzech do pięciu miesięcy, zależnie od pielęgnacji.
K+0.2: A czy w ciąży można robić keratynę?
O: W ciąży zalecamy wcześniejszą rozmowę z lekarzem. Mogę też umówić bezpłatną konsultację u Ewy.
K+0.4: Dobrze, <porozmawiam z lekarzem i oddzwonię|przemyślę to>. Bardzo dziękuję za szczerość.
O: Proszę bardzo. Wszystkiego dobrego!
""",
            gender="f",
            services=("Keratynowe prostowanie",),
        ),
        Story(
            "Porównanie cen: {offer} ({price_number} zł). Pytanie o zniżki.",
            """
O: {greeting}
K: Witam, <widziałam|widziałam w internecie> państwa cennik, ale nie jestem pewna, czy jest aktualny. Ile
  teraz kosztuje {said}?
O: {offer} to koszt {price} złotych.
K: A jest jakaś zniżka <dla studentów|dla seniorów|przy pierwszej wizycie>?
O: Stałych zniżek nie mamy, ale z kartą stałego klienta co szósta wizyta jest o połowę tańsza.
K: <Rozumiem|No dobrze>, to się jeszcze zastanowię.
O: Zapraszamy. Miłego dnia!
""",
            gender="f",
        ),
        Story(
            "Pytanie o cenę i czas: {offer}, {price_number} zł, {about}.",
            """
O: {greeting}
K: Dzień dobry, krótkie pytanie: ile wychodzi {said} i ile czasu mam na to zarezerwować?
O: {offer} kosztuje {price} złotych i trwa {about}.
K+0.2: Konkretnie, <dziękuję|lubię to>. Czy trzeba płacić zaliczkę?
O: Nie, płaci się po wizycie, kartą, BLIK-iem albo gotówką.
K+0.4: Świetnie, <sprawdzę kalendarz|sprawdzę grafik> i zadzwonię.
O: Zapraszamy, do usłyszenia.
""",
        ),
    ),
)

HOURS = Scenario(
    name="opening_hours",
    weight=6,
    intent="hours",
    outcome="answered",
    topics=("godziny otwarcia",),
    mood=(0.0, 0.4),
    callers="strangers",
    named=False,
    stories=(
        Story(
            "Pytanie o godziny otwarcia w sobotę. Podano 9–15.",
            """
O: {greeting}
K: Dzień dobry, do której jesteście czynni w sobotę?
O: W soboty pracujemy od dziewiątej do piętnastej.
K: A w niedzielę <też|coś działa>?
O: Nie, w niedziele salon jest zamknięty.
K+0.2: Jasne, dziękuję. Do widzenia.
O: Do widzenia!
""",
        ),
        Story(
            "Pytanie, czy salon jest dziś otwarty i czy można przyjść bez umówienia.",
            """
O: {greeting}
K: Halo, czy dzisiaj jest otwarte? Bo <stoję przed drzwiami|w internecie są dwie różne godziny>.
O: Od wtorku do piątku pracujemy od dziewiątej do dziewiętnastej, w poniedziałki od jedenastej do osiemnastej.
K: A mogę przyjść bez umawiania?
O: Tak, ale nie gwarantuję wolnego miejsca. Najpewniej jest zarezerwować godzinę przez telefon.
K+0.1: <Dobra, to podejdę i zapytam|Rozumiem, to zadzwonię później>. Dzięki.
O: Zapraszamy!
""",
        ),
    ),
)

DIRECTIONS = Scenario(
    name="directions",
    weight=3,
    intent="directions",
    outcome="answered",
    topics=("dojazd",),
    mood=(0.1, 0.5),
    stories=(
        Story(
            "Pytanie o dojazd i parking przy ulicy Lipowej.",
            """
O: {greeting}
K: Dzień dobry, mam u państwa wizytę i nie wiem, jak najlepiej dojechać.
O: Jesteśmy na Powiślu, przy ulicy Lipowej siedem. Najbliżej jest stacja metra Centrum Nauki Kopernik.
K: A samochodem? Jest gdzie zaparkować?
O: Tak, w podwórzu są dwa miejsca dla klientów. Na samej Lipowej obowiązuje strefa płatnego parkowania.
K+0.3: <Super, dziękuję|Świetnie, to przyjadę metrem>.
O: Do zobaczenia!
""",
        ),
        Story(
            "[Klientka|Klient] nie może znaleźć wejścia; wyjaśniono, że jest od podwórza.",
            """
O: {greeting}
K-0.2: Halo, jestem na Lipowej i nie widzę szyldu. Gdzie jest wejście?
O: Wejście jest przez bramę, od podwórza, fioletowe drzwi po lewej stronie.
K: Przez bramę… czekaj… a, już widzę!
O: Domofon numer dwa. Czekamy na [panią|pana].
K+0.5: <Mam, dzięki|Znalazłam was, dziękuję>!
O: Zapraszam do środka.
""",
            gender="f",
        ),
    ),
)

VOUCHER = Scenario(
    name="gift_voucher",
    weight=3,
    intent="voucher",
    outcome="answered",
    topics=("bon podarunkowy",),
    mood=(0.2, 0.7),
    callers="strangers",
    stories=(
        Story(
            "{name} chce kupić bon podarunkowy za {voucher_number} zł. Odbierze w salonie.",
            """
O: {greeting}
K: Dzień dobry, czy można u państwa kupić bon na prezent? <Dla mamy|Dla siostry|Dla teściowej>.
O: Tak, mamy bony na dowolną kwotę, ważne przez rok.
K: To poproszę za {voucher} złotych. Da się to załatwić przez telefon?
O: Przygotuję bon do odbioru w salonie. Można też dostać go mailem po opłaceniu przelewem.
K+0.3: Wolę odebrać, ładniej wygląda. {name}.
O: Dziękuję, {voc}. Bon będzie czekał w recepcji od jutra.
K+0.6: Wspaniale, <to będzie niespodzianka|uratowała mnie pani>. Do widzenia!
O: Do widzenia!
""",
        ),
        Story(
            "{name} pyta, czy bon za {voucher_number} zł można wykorzystać na {said_acc} i czy przepada reszta.",
            """
O: {greeting}
K: Dzień dobry, dostałam od koleżanek bon za {voucher} złotych. Mogę go wykorzystać na {said_acc}?
O: Tak, bon działa na wszystkie usługi.
K: A jeśli zostanie reszta, to przepada?
O: Nie, zostaje na koncie do końca ważności bonu.
K+0.5: O, <bardzo uczciwie|to super>. To umówię się, jak wrócę z urlopu. {name}, tak na przyszłość.
O: Zapisałam, {voc}. Udanego urlopu!
""",
            gender="f",
        ),
    ),
)

ENGLISH = Scenario(
    name="english_speaker",
    weight=3,
    intent="booking",
    outcome="booked",
    topics=("rezerwacja", "{category}", "rozmowa po angielsku"),
    mood=(0.3, 0.8),
    callers="foreigners",
    sms="Studio Lawenda: your visit ({offer_en}) is on {day_en} {day_short} at {time_short}. Lipowa 7, Warsaw.",
    about="new",
    stories=(
        Story(
            "Rozmowa po angielsku: {name} chce wizyty ({offer}) {day_in}, {day_short}, {at}.",
            """
O: {greeting}
K: Hi, sorry, do you speak English?
O: Of course. How can I help you?
K+0.3: <Great|Oh, perfect>. I'd like to book {offer_en}, please. Is anything free on {day_en}?
O: On {day_en} I have {time_en} and {time_alt_en}. Which one do you prefer?
K: {time_en} works for me. How much is it?
O: It is {price_number} zlotys, and you can pay by card. May I have your name?
K: {name}.
O: Thank you, {first}. You are booked for {day_en} at {time_en}. I'll text you the address.
! appointment
! sms
K+0.7: <Lovely, thank you so much|Awesome, thanks a lot>. Bye!
O: See you soon. Goodbye!
""",
        ),
        Story(
            "Rozmowa po angielsku: {name}, pierwszy raz w Warszawie, chce {offer} {day_in}, {day_short}, {at}.",
            """
O: {greeting}
K: Dzień dobry… eee… English, please?
O: Sure, we can speak English. What can I do for you?
K: I just moved here and I'm looking for a salon. Could I get {offer_en} this or next week?
O: Yes. The first free time is {day_en} at {time_en}.
K: Does the stylist speak English too?
O: {staff} does, and will be happy to look after you. Shall I book it?
K+0.5: Yes, please. The name is {name}.
O: Done, {first}. {day_en}, {time_en}. We are at Lipowa 7, close to the Copernicus Science Centre metro station.
! appointment
! sms
K+0.8: That was easy. <Dziękuję|Dziękuję bardzo>!
O: Dziękuję! See you.
""",
        ),
    ),
)

ALL = (PRICE, HOURS, DIRECTIONS, VOUCHER, ENGLISH)
