"""Invented names for the demonstration; any likeness to somebody real is chance."""

_FIRST = """
    Adèle Adam Aïcha Alban Alexis Alice Amina Amir Anaïs Anouk Antonin Assia Axel Bachir Baptiste Bilal Camille
    Capucine Célia Chiara Clara Clément Cyprien Dalia Daria Diego Djibril Eden Elif Élise Eliott Elsa Émile Emma
    Enzo Esteban Eva Fanta Fatou Félix Flora Gabin Gaspard Giulia Gwenaël Hana Hugo Ibrahim Ilyes Imane Inaya Iris
    Isaac Ismaël Jade Jamal Jeanne Joachim Jonas Jules Kaïs Kenza Khadija Kim Lamine Léa Léandre Leïla Lena Léo
    Lilou Linh Loïc Lou Louane Luana Lucas Mael Maïa Malik Malo Manon Marius Mathis Mei Mélina Milo Minh Mina Moussa
    Naël Naïm Nina Nour Océane Oscar Otis Ousmane Paloma Pauline Rafael Rania Robin Romane Roxane Sacha Salma Samba
    Sarah Selma Sélim Simon Sofia Soline Soraya Tao Théa Théo Tiago Timéo Titouan Valentin Violette Wassim Willow
    Yara Yasmine Yassine Zélie Zoé
"""

_LAST = """
    Abadie Achard Alamri Allard Ancel Arslan Aubry Bakari Balmat Barbier Belkacem Benoist Berthet Blanchet Bonnard
    Bouchet Bouvier Brun Cadet Carlier Carvalho Chapuis Chatel Chevallier Cissoko Clerc Collomb Costa Coudray Dahan
    Darbon Delmas Demir Diarra Diop Dubouchet Duclos Dumaz Duong Duret Emery Essaïdi Excoffon Falcoz Faure Favre
    Ferreira Fontanel Forestier Gallet Garnier Gaillard Genoux Girod Gonthier Grange Grillet Guérin Guillot Haddou
    Hamdi Horvath Hugonnet Ivanov Jacquet Jaafari Jourdan Kaboré Kaya Keïta Kowalczyk Lacombe Lambert Lopes Maire
    Mansour Marchetti Masson Mercier Michaud Monnet Morel Moulin Nadaud Nguema Novak Ouadah Pachoud Paget Pavy
    Perrier Petitjean Pham Pinto Poncet Porret Quintal Rey Ribeiro Rivollet Roche Rosset Salomon Sanogo Santini
    Savoye Silva Socquet Sow Sylla Tavares Tissot Touré Tran Traoré Vallet Vasseur Verney Vidal Viret Vuillermet
    Weber Yildiz Zanetti Zerrouki
"""

_MOTHERS = "Claire Sandrine Fatima Hélène Sylvie"
_FATHERS = "Karim Olivier Paulo Mamadou Denis"

FIRST_NAMES = tuple(_FIRST.split())
LAST_NAMES = tuple(_LAST.split())
PARENT_FIRST_NAMES = {"mother": tuple(_MOTHERS.split()), "father": tuple(_FATHERS.split())}
#: of whoever else answers for somebody
RELATIVE_FIRST_NAMES = PARENT_FIRST_NAMES["mother"] + PARENT_FIRST_NAMES["father"]
