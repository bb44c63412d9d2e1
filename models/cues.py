"""Words by which customers complain, praise, ask and tell, in the seven languages, gathered by what they signal.

A linear model learns each word by itself and each language by itself; our own posts are too few for that. These
groups let a Spanish "tercer correo" teach it about a German "dritte Mail". Folded: lower case, no accents. A star
stands for any ending.
"""

CUES: dict[str, str] = {
    "waiting": """
        semana* meses espera* retras* demor* todavia aun sigue* sigo tardan tardado tarde weeks month* wait*
        still delay* late yet overdue esperando atras* ainda semaine* mois attend* toujours retard* settiman*
        mesi aspett* ancora ritard* woche* monat* wart* noch verspat* setman* encara endarrer*""",
    "again": """
        tercer* cuart* quint* otra vez veces again third fourth fifth twice times novamente terceira quarta
        vezes troisieme quatrieme fois terza terzo volte dritt* viert* wieder schon mal vegada vegades tercera
        reclam* complain* insist*""",
    "silence": """
        contest* respond* respuesta* atiend* atend* llam* colg* visto nadie mudo silencio reply replied replies
        answer* ignor* voicemail hold bot chatbot robot* automatic* automated unread nobody respost* responde
        ninguem repond* reponse* personne rispond* rispost* nessuno antwort* erreich* niemand warteschl* respon*
        ningu telefon*""",
    "broken": """
        roto rota rotos rotas averi* defect* estrope* fall* despeg* rayad* mancha* desco* reventad* romp* broke*
        crack* fault* leak* stopped dead crash* ripped torn frozen quebr* defeit* estrag* rasg* travou casse*
        panne abime* dechir* plante rotto rotta guast* difett* strapp* kaputt* defekt* gerissen riss absturz*
        trenca* espatll* rasgun* arana* abolla* golpe* desconch* scratch* dent* chipped smudge* rayure* bosse*
        graffi* ammacc* kratzer* delle* arranh* esgarrap* queima* quem* burn* smell* huele peta* pita* cae caid*
        cuelga* bloque*""",
    "wrong": """
        equivoc* error* incorrect* distint* vacia vacio falta faltan faltaba wrong missing mistake* incomplete
        empty never arrived instead errad* faltando vazia trompe* manqu* vide sbagli* manca mancano vuot*
        falsch* fehl* leer perd* lost lose losing perder perdieron extravi* equivocad* manca buit*""",
    "refund": """
        reembols* devol* devuel* dinero refund* return* charg* money cobr* cargo cargos comision* dinheiro
        estorn* rembours* argent preleve* rimbors* soldi addebit* erstatt* geld abgebucht* ruckgabe diners
        retorn* fee fees cuota* factura* suscripci* subscription* baja cancel* annul* kundig* disdett*""",
    "anger": """
        verguenza estaf* timo robo ladron* fatal horribl* pesim* asco scam* ripoff worst awful terribl* joke
        disgrac* shame* avoid useless disappoint* pessim* horriv* vergonh* golpe arnaque* honte nul nulle decu*
        catastroph* truffa vergogn* delus* betrug* frech* schlecht* enttausch* unversch* decepci* frustr* chafa
        porqueria basura desastre lamentable penos* nefast* ridicul* absurd* rubbish garbage crap furious harto
        harta cansad* denuncia* descaso palhacada lixo inutil* schifo scandal* mies* unmoglich* lamentabl*
        indignant* vergony*""",
    "praise": """
        excelent* genial* maravill* perfect* encant* mejor mejores increibl* recomiend* recomend* feliz content*
        love* great excellent best amazing recommend* happy brilliant lovely fantastic* otim* ador* amei melhor*
        recomendo top parfait* super adore* ottim* perfett* consigli* brav* toll klasse begeist* empfehl*
        perfekt* zufried* wunder* chulad* joya precios* bonit* impecabl* delici* chido padre bacan chevere
        chimba gem beautiful gorgeous impressed impress* flawless enamor* gosto* lind* excell* meravigli*
        genial* magnif* nickel topp spitze lecker""",
    "thanks": """
        gracias thanks thank thx cheers obrigad* merci grazie danke gracies congrat* enhorabuena felicid*
        felicit* parabens bravo complimenti gluckwunsch ole chapeau agradec* grateful kudos respect props""",
    "solved": """
        rapid* fast quick* early prompt* solv* sorted resuel* resolv* resolvi* solucion* amabl* friendly helpful
        kind* regal* gentil* educad* veloc* schnell* freundlich* gelost hilfsb* amabil* atent* minutos minutes
        minuti minuten arregl* recuper* anulad* abonad* fixed repaired restored apolog* disculpa* excus*
        entschuldig* scus* desculp* behoben risolt* regle* consert* replaced repus* free gratis sofort subito
        tout* puntual* antes ahead""",
    "asking": """
        cuanto cuanta cuantos cuando donde alguien sabe saben sabeis anyone does how when where which wondering
        quanto onde alguem qual quelqu* combien comment quand quel quelle qualcuno dove jemand wann wo wie
        welche* weiss algu quant quan hola buenas hello hi ola bonjour salve ciao hallo""",
    "shopping": """
        stock talla tallas tienen tienes teneis venden abren horario* ship ships size sizes available open hours
        vendem tamanho* taille* horaires taglia taglie orari versand* grosse offnung* compatib* garantia
        warranty color colores colour* cor cores couleur* farbe* medida* tarjeta bizum paypal mes descuento
        discount* code codigo""",
    "news": """
        anunci* inaugur* abre abrira millones directiv* acuerdo* announc* launch* million* ceo shares opens
        opening partner* lanza convoc* oferta* sorte* giveaway win lanca annonce* ouvre concours annuncia apre
        concorso verlos* eroffn* gewinn* subast* empleo hiring vacan* jobs ronda informe report* trimestre
        quarter* fabrica* factory museo exposicion patrocin* sponsor* congreso podcast entrevist* interview*
        noticia* busco buscamos vendo""",
    "bought": """
        compre compro comprado acabo pedido pedi pille pillad* ordered bought order orders renew* comprei
        commande* achete* comprat* ordinat* bestell* gekauft estren* caprich* cae* stocking unbox* pillar pedir""",
    "even": """
        ni siquiera even solo sin nem sequer meme nemmeno neanche neppure einmal tampoco never nunca jamas
        without""",
    "contrast": """
        pero but mas mais ma aber aunque though embora however per lastima pena dommage peccato schade llastima
        cambio whereas meanwhile mientras enquanto tandis mentre""",
    "mock": """
        🙃 👏 🤡 😂 🤣 🙄 😒 💅 jaja* jeje* haha* kkk* rsrs* lol mdr claro sure seguro wow oh vaya menos maravilla
        tecnologia magia magic misterio mystery deporte aventura adventure apparently supuestamente""",
    "hot": "😡 🤬 😤 👎 💩 😠 😭 😞 😢 😩 🤮 💔 🤦 😑 😔",
    "warm": "😍 ❤ 🥰 👍 😊 🎉 💕 💖 😘 🙌 ✨ 🔥 💜 💙 🤩 😋 🥳 :) :d <3 ;)",
    "amount": "€ $ £ % euros eur dolares pesos reais lucas mangos quid pounds bucks 0 00 000 0000",
    "rival": """
        vuelvo vuelta volvi quedo prefiero back tornat* tornato retour bleibe fico cambi* competenc* switch*
        rival* otra otro marca concorr* concurr* wechs* lieber rather compared vs
        anterior""",
}
